import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { methodOf } from '@svodka/shared/routes/route';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { Request } from '../http/request.ts';
import { boundTo } from '../http/route.decorator.ts';
import { inContext, nobodyAt } from './request-context.ts';

/** Lets repositories know who is at work, in requests that may write what is stamped. */
@Injectable()
export class StampInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = execution.getType() === 'http' ? boundTo(execution.getHandler()) : undefined;
    if (!route || methodOf(route.key) === 'GET' || route.spec.unstamped) return next.handle();
    const { context = nobodyAt(null) } = execution.switchToHttp().getRequest<Request>();
    return from(inContext(context, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}

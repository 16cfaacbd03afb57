import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { boundTo } from '../http/route.decorator.ts';
import { PersonLimits } from './person-limits.ts';

/** Lists, searches and counts of one person run a few at a time. */
@Injectable()
export class CostlyInterceptor implements NestInterceptor {
  constructor(private readonly limits: PersonLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || !boundTo(context.getHandler())?.isCostly) return next.handle();
    const { user } = context.switchToHttp().getRequest<{ user?: { _id: string } }>();
    const work = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.limits.costly(user?._id ?? '', work));
  }
}

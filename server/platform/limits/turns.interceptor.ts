import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { methodOf } from '@svodka/shared/routes/route';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { boundTo } from '../http/route.decorator.ts';
import { PersonLimits } from './person-limits.ts';

/** Lists, searches and counts of one person run a few at a time, and so does what they write. */
@Injectable()
export class TurnsInterceptor implements NestInterceptor {
  constructor(private readonly limits: PersonLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const bound = context.getType() === 'http' ? boundTo(context.getHandler()) : undefined;
    if (!bound) return next.handle();
    const { user } = context.switchToHttp().getRequest<{ user?: { _id: string } }>();
    const work = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (bound.isCostly) return from(this.limits.costly(user?._id ?? '', work));
    // What flows in takes as long as its line is slow: nothing else of theirs waits for it.
    const isWrite = user !== undefined && methodOf(bound.key) !== 'GET' && !bound.spec.raw;
    return isWrite ? from(this.limits.write(user._id, work)) : next.handle();
  }
}

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { asksByQuery } from '../http/route-table.ts';
import { PersonLimits } from './person-limits.ts';

/** Lists, searches and counts of one person run a few at a time. */
@Injectable()
export class CostlyInterceptor implements NestInterceptor {
  readonly #known = new Map<unknown, boolean>();

  constructor(private readonly limits: PersonLimits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.#isCostly(context)) return next.handle();
    const { user } = context.switchToHttp().getRequest<{ user?: { _id: string } }>();
    const work = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.limits.costly(user?._id ?? '', work));
  }

  #isCostly(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return false;
    const handler = context.getHandler();
    let is = this.#known.get(handler);
    if (is === undefined) {
      is = asksByQuery(context.getClass(), handler.name);
      this.#known.set(handler, is);
    }
    return is;
  }
}

import { Controller } from '@nestjs/common';
import type { Promises } from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import { and, type Filter } from '@svodka/shared/filter/ast';
import { keeperOf, promiseFate } from '@svodka/shared/rules/promises';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { Clock } from '../platform/clock.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from '../refs/refs.service.ts';

const YEAR_MS = 365 * 24 * 3_600_000;
/** So many are counted, the newest. */
const MOST = 2_000;

/** What people have promised to customers, and how they have kept it: from the events that the reader sees. */
@Controller()
export class PromisesController {
  constructor(
    private readonly events: EventsService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  @Route('GET /promises')
  async count(@Asked() { query: { counterpartyId } }: Asked<'GET /promises'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const now = this.clock.now();
    const whose: Filter[] = counterpartyId ? [{ field: 'counterparty', in: [counterpartyId] }] : [];
    const filter = and(
      { field: 'type', in: ['call.promise'] },
      { field: 'occurred', from: new Date(now.getTime() - YEAR_MS).toISOString() },
      ...whose,
    );
    const { docs, next } = await this.events.list(actor, filter, { zone: user.tz, limit: MOST });
    const people = new Map<Id, Promises['people'][number]>();
    for (const promise of docs) {
      const userId = keeperOf(promise) ?? promise.author.userId;
      if (!userId) continue;
      const counts = people.get(userId) ?? { userId, open: 0, kept: 0, broken: 0 };
      counts[promiseFate(promise, now)]++;
      people.set(userId, counts);
    }
    const refs = await this.refs.refsOf(actor, { userIds: [...people.keys()] });
    return { people: [...people.values()], isWhole: next === null, refs };
  }
}

import { Injectable } from '@nestjs/common';
import { COUNT_LIMIT, type CountedField, type ValueCounts } from '@svodka/shared/feed/feed';
import type { Filter } from '@svodka/shared/filter/ast';
import { canonicalKey } from '@svodka/shared/filter/canonical';
import type { Actor } from '@svodka/shared/rules/permissions';
import { Clock } from '../platform/clock.ts';
import { EventListRepository } from './event-list.repository.ts';
import { EventsService } from './events.service.ts';

const FRESH_MS = 5_000;
const MOST_KEPT = 200;

/**
 * How many of a filter's events have each value of a field, for the list of values that one picks from. A hint and
 * not a promise: it looks at a bounded number of events, and is some seconds old where many open the same list.
 */
@Injectable()
export class ValueCountsService {
  readonly #kept = new Map<string, { at: number; counts: Promise<ValueCounts> }>();

  constructor(
    private readonly events: EventsService,
    private readonly lists: EventListRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `validation` for a filter that takes too long */
  of(actor: Actor, filter: Filter, zone: string, field: CountedField): Promise<ValueCounts> {
    const now = this.clock.now();
    const whole = this.events.resolved(actor, filter, zone);
    const key = `${field} ${canonicalKey(whole)}`;
    const kept = this.#kept.get(key);
    if (kept && now.getTime() - kept.at < FRESH_MS) return kept.counts;
    const counts = this.lists.countBy(whole, field, COUNT_LIMIT);
    this.#kept.delete(key);
    this.#kept.set(key, { at: now.getTime(), counts });
    counts.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    return counts;
  }
}

import { Injectable } from '@nestjs/common';
import { derive } from '@svodka/shared/rules/orders/chain';
import { OVERDUE_BY, PAID_BY } from '@svodka/shared/rules/orders/fills';
import { isPending } from '@svodka/shared/rules/status';
import { closing } from '../events/closing.ts';
import { EventsRepository } from '../events/events.repository.ts';
import type { LineFactDoc } from './facts.repository.ts';
import { cardOf } from './projects/chain-input.ts';
import type { ProjectDoc } from './projects/project.schema.ts';

/**
 * What asks for a late payment of an order is closed by the money, as a missed call is by a call: it follows from the
 * order's facts, so it may be looked at any number of times. A person who opens it again is not overruled: only a
 * payment that was written down after that closes it anew.
 */
@Injectable()
export class PaidSince {
  constructor(private readonly events: EventsRepository) {}

  /** @param docs all facts of the order */
  async close(project: ProjectDoc, docs: readonly LineFactDoc[], now: Date): Promise<void> {
    if (!docs.some((doc) => OVERDUE_BY.includes(doc.type) && isPending(doc))) return;
    const events = docs.map((doc) => ({ ...doc, id: doc._id }));
    const ids = derive({ ...cardOf(project), now, events }).paidSince.flatMap(({ id }) => id ?? []);
    for (const event of await this.events.byIds(ids)) {
      const revisions = await this.events.revisions(event._id);
      const opened = revisions.find(({ changes }) => changes.status?.to === event.status)?.at;
      const isNews = ({ type, occurredAt, recordedAt }: LineFactDoc) =>
        PAID_BY.includes(type) && occurredAt >= event.occurredAt && (!opened || recordedAt > opened);
      if (docs.some(isNews)) await closing(this.events, event, now);
    }
  }
}

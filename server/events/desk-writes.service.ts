import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventCreate } from '@svodka/shared/contracts/event';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { Actor } from '@svodka/shared/rules/permissions';
import { isPending } from '@svodka/shared/rules/status';
import { sameTerms } from '../entries/entry.ts';
import { Clock } from '../platform/clock.ts';
import { changesBetween } from './changes.ts';
import type { EventDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import { EventCreation } from './event-creation.service.ts';
import { derivedFields, ownCounterparties } from './event-fields.ts';
import { EventWriter, type Next, TRIES } from './event-writer.service.ts';
import { EventsRepository } from './events.repository.ts';

/** What the desk itself writes about and on events, without anybody asking for just that. */
@Injectable()
export class DeskWrites {
  constructor(
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly creation: EventCreation,
    private readonly writer: EventWriter,
    private readonly clock: Clock,
  ) {}

  /** What a person has done by the desk, once under its id, for some people. */
  async tellFor(
    actor: Actor,
    told: { id: Id; type: EventType; title: string; payload: object; audienceIds: Id[] },
  ): Promise<void> {
    const { audienceIds, ...draft } = told;
    const [there] = await this.events.byIds([told.id]);
    if (there) return;
    const blank = {
      body: '',
      importance: 'normal',
      projectId: null,
      counterpartyIds: [],
      itemIds: [],
    } as const;
    const rest = { visibility: 'internal', due: null } as const;
    const create = { ...blank, ...rest, ...draft } as unknown as EventCreate;
    await this.creation.create(actor, create, { audienceIds });
  }

  /** How far that is by now, as the doing of who has brought it there. */
  async tellOn(
    actor: Actor,
    id: Id,
    { title, payload, isDone }: { title: string; payload: Payload; isDone: boolean },
  ): Promise<void> {
    const next = async (before: EventDoc, now: Date): Promise<Next> => {
      const told = { ...before, title, payload };
      if (!isDone || !isPending(before)) return { after: told };
      return {
        after: { ...told, status: 'resolved', resolved: { at: now, by: actor.id, from: before.status } },
      };
    };
    await this.writer.change(actor, id, { asked: payload }, next, {
      restorable: true,
      isAllowed: () => true,
    });
  }

  /**
   * What it carries becomes what `next` makes of it, as nobody's revision. What was deleted
   * carries on too. @returns false: there is no such event
   */
  async carry(id: Id, next: (files: Attachment[]) => Attachment[]): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.events.get(id);
      if (!before) return false;
      const files = before.attachments ?? [];
      const attachments = next(files);
      if (attachments === files) return true;
      const own = { ...before, attachments, counterpartyIds: ownCounterparties(before) };
      const after = { ...own, ...derivedFields(own, await this.context.asItIs(own)) };
      const { set, shown } = changesBetween(before, after);
      const revision = { rev: before.rev + 1, at: this.clock.now(), by: null, changes: shown };
      if (await this.events.revise(id, before.version, set, revision)) return true;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /**
   * Writes how many comments there are and by which words they are found, if nothing has come between reading the event
   * and looking at them. Whoever loses to another look need not look again more than twice: the winner looked after this
   * one's comment was there. The further tries are for edits and sweeps.
   * @param seen the event as somebody has just read it, before what is to be heard was there
   */
  async heardOf(
    id: Id,
    listen: () => Promise<{ count: number; terms: string[] }>,
    seen?: EventDoc,
  ): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const event = (attempt === 0 && seen) || (await this.events.get(id));
      const { count: comments, terms } = await listen();
      if (!event) return;
      if (event.counters.comments === comments && sameTerms(event.commentTerms ?? [], terms)) return;
      const own = { ...event, counterpartyIds: ownCounterparties(event), commentTerms: terms };
      const words = derivedFields(own, await this.context.asItIs(own));
      const changes = { ...words, counters: { comments }, commentTerms: terms };
      if (await this.events.amend(id, event.version, changes)) return;
    }
  }
}

import { Injectable } from '@nestjs/common';
import type { CommentCreate } from '@svodka/shared/contracts/comment';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { titleIn } from '@svodka/shared/messages/machine-title';
import type { Actor } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { CommentsService } from './comments.service.ts';

type Subject = { kind: 'project' | 'counterparty'; id: Id };
type Whole = Parameters<EventIntake['tell']>[0];
const TYPE = 'order.discussed';
/** Its key could once be taken by anybody who writes events of orders: then it has this one. */
const BESIDE = [' beside'];

/**
 * What is said about an order or a counterparty as a whole is said at an event of its own, once for each: so it is found,
 * read, told, followed and searched like all that is said, by whoever may see events of it.
 */
@Injectable()
export class WholeDiscussions {
  constructor(
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly events: EventsService,
    private readonly stored: EventsRepository,
    private readonly intake: EventIntake,
    private readonly comments: CommentsService,
    private readonly clock: Clock,
  ) {}

  /** Null: nobody has said anything yet. @throws AppError `not-found` for who may not see it */
  async read(actor: Actor, subject: Subject): Promise<EventDoc | null> {
    return (await this.#look(actor, subject)).found;
  }

  /** Made with the first words. @throws AppError `not-found` for who may not see it, and what is wrong with the words */
  async say(actor: Actor, subject: Subject, words: CommentCreate, key?: string): Promise<EventDoc> {
    const { found, whole } = await this.#look(actor, subject);
    // An event without words is nobody's to delete.
    if (!found) await this.comments.checkFirst(actor, words, whole);
    const event = found ?? (await this.#make(actor, whole));
    await this.comments.create(actor, event._id, words, key);
    return this.events.readable(actor, event._id);
  }

  async #look(actor: Actor, { kind, id }: Subject): Promise<{ found: EventDoc | null; whole: Whole }> {
    if (kind === 'project') await this.projects.readable(actor, id);
    // What was merged is talked about where it went.
    const _id = kind === 'project' ? id : (await this.counterparties.readable(actor, id))._id;
    const found = await this.find({ kind, id: _id });
    const whole: Whole = {
      type: TYPE,
      title: titleIn('ru', { type: TYPE, title: '' }),
      occurredAt: this.clock.now(),
      payload: {},
      projectId: kind === 'project' ? _id : null,
      counterpartyIds: kind === 'project' ? [] : [_id],
      externalId: keyOf({ kind, id: _id }),
    };
    if (found) return { found: await this.events.readable(actor, found._id), whole };
    // Who sees the line of an order need not see its events, and makes none that they could not read.
    if (!(await this.intake.mayRead(actor, whole))) throw new AppError('not-found', 'out of sight');
    return { found: null, whole };
  }

  async #make(actor: Actor, whole: Whole): Promise<EventDoc> {
    const keys = [whole.externalId, ...BESIDE.map((end) => whole.externalId + end)];
    for (const externalId of keys) {
      await this.intake.tell({ ...whole, externalId });
      const made = await this.#under([externalId]);
      if (made) return this.events.readable(actor, made._id);
    }
    throw new AppError('conflict', 'its key is taken');
  }

  async #under(keys: readonly string[]): Promise<EventDoc | null> {
    const found = await this.stored.bySources('orders', keys);
    return found.find(({ type }) => type === TYPE) ?? null;
  }

  /** For the server itself, whoever may see it; null: nobody has said anything yet. */
  async find(subject: Subject): Promise<EventDoc | null> {
    const key = keyOf(subject);
    return this.#under([key, ...BESIDE.map((end) => key + end)]);
  }
}

const keyOf = ({ kind, id }: Subject): string => `discussion of ${kind} ${id}`;

import { Injectable } from '@nestjs/common';
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

type Subject = { kind: 'project' | 'counterparty'; id: Id };
const TYPE = 'order.discussed';

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
    private readonly clock: Clock,
  ) {}

  /** Made when it is first asked for. @throws AppError `not-found` for who may not see it */
  async of(actor: Actor, { kind, id }: Subject): Promise<EventDoc> {
    if (kind === 'project') await this.projects.readable(actor, id);
    // What was merged is talked about where it went.
    const _id = kind === 'project' ? id : (await this.counterparties.readable(actor, id))._id;
    const found = await this.find({ kind, id: _id });
    if (found) return this.events.readable(actor, found._id);
    const whole: Parameters<EventIntake['tell']>[0] = {
      type: TYPE,
      title: titleIn('ru', { type: TYPE, title: '' }),
      occurredAt: this.clock.now(),
      payload: {},
      projectId: kind === 'project' ? _id : null,
      counterpartyIds: kind === 'project' ? [] : [_id],
      externalId: keyOf({ kind, id: _id }),
    };
    // Who sees the line of an order need not see its events, and makes none that they could not read.
    if (!(await this.intake.mayRead(actor, whole))) throw new AppError('not-found', 'out of sight');
    await this.intake.tell(whole);
    const made = await this.find({ kind, id: _id });
    if (!made) throw new AppError('conflict', 'its key is taken');
    return this.events.readable(actor, made._id);
  }

  /** For the server itself, whoever may see it; null: nobody has said anything yet. */
  async find(subject: Subject): Promise<EventDoc | null> {
    const [event] = await this.stored.bySources('orders', [keyOf(subject)]);
    return event?.type === TYPE ? event : null;
  }
}

const keyOf = ({ kind, id }: Subject): string => `discussion of ${kind} ${id}`;

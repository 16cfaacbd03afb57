import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment, FileOwner } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { type Actor, mayEdit } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { DeskWrites } from '../events/desk-writes.service.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';

type Next = (files: Attachment[]) => Attachment[];
type Holder = { _id: Id; attachments?: Attachment[] | null };

/** What files are attached to: the owner names its files, and whoever may read it may read them (FI1). */
@Injectable()
export class FileOwners {
  constructor(
    private readonly events: EventsService,
    private readonly writes: DeskWrites,
    private readonly comments: CommentsService,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
  ) {}

  /** The files of an owner, as far as the actor may see them. @throws AppError `not-found` */
  async filesOf(actor: Actor, { kind, id }: FileOwner): Promise<Attachment[]> {
    switch (kind) {
      case 'event':
        return (await this.events.readable(actor, id)).attachments ?? [];
      case 'comment':
        return (await this.comments.readable(actor, id)).attachments ?? [];
      case 'project':
        return this.projects.card(actor, await this.projects.readable(actor, id)).attachments ?? [];
      case 'counterparty': {
        const [card] = await this.counterparties.cards(actor, [
          await this.counterparties.readable(actor, id),
        ]);
        return card?.attachments ?? [];
      }
    }
  }

  /** @throws AppError `not-found`, `forbidden` */
  async mayAttach(actor: Actor, owner: FileOwner): Promise<void> {
    await this.filesOf(actor, owner);
    if (!(await this.#isTheirs(actor, owner)))
      throw new AppError('forbidden', `may not change this ${owner.kind}`);
  }

  async #isTheirs(actor: Actor, { kind, id }: FileOwner): Promise<boolean> {
    if (kind === 'event') return mayEdit(actor, await this.events.readable(actor, id));
    if (kind === 'comment') return (await this.comments.readable(actor, id)).authorId === actor.id;
    const writable =
      kind === 'project' ? this.projects.writable(actor, id) : this.counterparties.writable(actor, id);
    return writable.then(() => true);
  }

  /** The owner's files become what `next` makes of them. @throws AppError `not-found`, `forbidden` */
  async change(actor: Actor, { kind, id }: FileOwner, next: Next): Promise<void> {
    if (kind === 'event') await this.events.attach(actor, id, next);
    else if (kind === 'comment') await this.comments.attach(actor, id, next);
    else if (kind === 'project') await this.projects.attach(actor, id, next);
    else await this.counterparties.attach(actor, id, next);
  }

  /** For the server itself, which only puts recordings to events. @returns false: there is no such event */
  carry({ id }: FileOwner, next: Next): Promise<boolean> {
    return this.writes.carry(id, next);
  }

  async filesOfEvent({ id }: FileOwner): Promise<Attachment[]> {
    return (await this.events.byIds([id]))[0]?.attachments ?? [];
  }

  /** For the server itself: the ids of all files that these owners name. Deleted events still name theirs. */
  async named(owners: readonly FileOwner[]): Promise<Set<Id>> {
    const ids = (kind: FileOwner['kind']) => [
      ...new Set(owners.filter((owner) => owner.kind === kind).map(({ id }) => id)),
    ];
    const { docs } = await this.counterparties.standing(ids('counterparty'));
    const holders: Holder[] = [
      ...(await this.events.byIds(ids('event'))),
      ...(await this.comments.byIds(ids('comment'))),
      ...(await this.projects.byIds(ids('project'))),
      ...docs.values(),
    ];
    return new Set(holders.flatMap(({ attachments }) => attachments ?? []).map(({ id }) => id));
  }
}

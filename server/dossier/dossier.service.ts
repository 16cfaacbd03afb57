import { Injectable } from '@nestjs/common';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { DossierQuery } from '@svodka/shared/routes/dossiers';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import type { Actor } from '@svodka/shared/rules/permissions';
import { AuditService } from '../audit/audit.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { WholeDiscussions } from '../discussion/whole-discussions.service.ts';
import type { EventDoc, RevisionDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { RefsService } from '../refs/refs.service.ts';

export type Subject = { kind: 'project' | 'counterparty'; id: Id };
export type Period = Pick<DossierQuery, 'from' | 'to'>;

/** More is no page that anybody reads; the period can be cut. */
export const EVENTS_MOST = 5_000;
const PAGE = 200;
/** Comments and revisions of so many events are held at once. */
const GROUP = 100;

/** An event with what was said about it and what was changed in it, oldest first. */
export type Entry = {
  event: EventDoc;
  comments: CommentDoc[];
  revisions: RevisionDoc[];
  /** Of everybody who wrote any of it. */
  nameOf: (id: Id | null | undefined) => string;
  /** Of what an edit names by its id; no name of what the reader may not see. */
  called: (id: string) => string;
};

export type Dossier = {
  subject: Subject;
  title: string;
  /** The customer and the address, or the number by which a firm is known. */
  lines: string[];
  period: Period;
  madeAt: Date;
  by: string;
  /** Oldest first, all that the reader may see. */
  events: EventDoc[];
  refs: Refs;
  /** Of the card, where the reader sees it whole. */
  files: Attachment[];
  /** So many more there are in this period, which the reader may not see. */
  leftOut: number;
  /** False: the period has more events than a dossier takes, and the oldest are missing. */
  isWhole: boolean;
  entries(): AsyncGenerator<Entry>;
};

/** Everything that is known about an order or a counterparty in a period, for whoever has to settle a dispute. */
@Injectable()
export class DossierService {
  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly wholes: WholeDiscussions,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly refs: RefsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found`, `validation` */
  async of(
    reader: { actor: Actor; zone: string; name: string; from: string | null },
    subject: Subject,
    { as, ...period }: DossierQuery,
  ): Promise<Dossier> {
    if (period.to < period.from) throw refused('to', 'ends-before');
    const { actor, zone } = reader;
    const head = await this.#headOf(actor, subject);
    const filter = {
      and: [
        { field: subject.kind, in: [subject.id] },
        { field: 'occurred' as const, ...period },
      ],
    };
    const events: EventDoc[] = [];
    let after: string | undefined;
    do {
      const page = await this.events.list(actor, filter, { zone, after, limit: PAGE });
      events.push(...page.docs);
      after = page.next ?? undefined;
    } while (after !== undefined && events.length < EVENTS_MOST);
    const whole = await this.#wholeOf(actor, subject);
    // It began once, and goes on: what was said in the period belongs to it.
    if (whole && dayIn(zone, whole.occurredAt) < period.from && !events.some(({ _id }) => _id === whole._id))
      events.push(whole);
    // What was deleted nobody reads.
    const alive = { field: 'deleted' as const, exists: false };
    const all = await this.events.countAll({ and: [...filter.and, alive] }, zone);
    const refs = await this.refs.refsOf(actor, { events });
    // The log tells before anything leaves.
    await this.audit.tell({
      who: actor.id,
      what: as === 'zip' ? 'dossier.taken' : 'dossier.opened',
      object: subject,
      from: reader.from,
      details: { from: period.from, to: period.to },
    });
    return {
      subject,
      ...head,
      period,
      madeAt: this.clock.now(),
      by: reader.name,
      events: events.reverse(),
      refs,
      leftOut:
        after === undefined
          ? Math.max(
              0,
              all.n - events.filter(({ occurredAt }) => dayIn(zone, occurredAt) >= period.from).length,
            )
          : 0,
      isWhole: after === undefined,
      entries: () => this.#entriesOf(actor, events, (at) => isWithin(dayIn(zone, at), period)),
    };
  }

  async #headOf(actor: Actor, { kind, id }: Subject): Promise<Pick<Dossier, 'title' | 'lines' | 'files'>> {
    if (kind === 'project') {
      const doc = await this.projects.readable(actor, id);
      const { number, objectAddress, counterpartyId, attachments = [] } = this.projects.card(actor, doc);
      const { counterparties } = await this.refs.refsOf(actor, {
        counterpartyIds: counterpartyId ? [counterpartyId] : [],
      });
      const lines = [counterparties[0]?.name, objectAddress].filter(
        (line) => line !== undefined && line !== '',
      );
      return { title: `№ ${number}`, lines: lines as string[], files: attachments ?? [] };
    }
    const doc = await this.counterparties.readable(actor, id);
    const [card] = await this.counterparties.cards(actor, [doc]);
    return { title: doc.name, lines: card?.inn ? [card.inn] : [], files: card?.attachments ?? [] };
  }

  /** What was said of it as a whole, for who may read it. */
  async #wholeOf(actor: Actor, subject: Subject): Promise<EventDoc | null> {
    const found = await this.wholes.find(subject);
    return found && this.events.readable(actor, found._id).catch(() => null);
  }

  async *#entriesOf(
    actor: Actor,
    events: readonly EventDoc[],
    isMeant: (at: Date) => boolean,
  ): AsyncGenerator<Entry> {
    for (let at = 0; at < events.length; at += GROUP) {
      const group = events.slice(at, at + GROUP);
      const [comments, revisions] = await Promise.all([
        this.comments.ofEvents(group.filter(({ counters }) => counters.comments > 0).map(({ _id }) => _id)),
        this.events.revisionsOf(group.filter(({ rev }) => rev > 1).map(({ _id }) => _id)),
      ]);
      const edits = [...revisions.values()].flat();
      const wrote = edits.flatMap(({ by }) => by ?? []);
      const namedIn = (field: string) => edits.flatMap(({ changes }) => idsIn(changes[field]));
      const { users, projects, counterparties } = await this.refs.refsOf(actor, {
        events: group,
        userIds: [...new Set([...comments.map(({ authorId }) => authorId), ...wrote, ...namedIn('claim')])],
        projectIds: [...new Set(namedIn('projectId'))],
        counterpartyIds: [...new Set(namedIn('counterpartyIds'))],
      });
      const all = new Map([
        ...[...users, ...counterparties].map(({ id, name }) => [id, name] as const),
        ...projects.map(({ id, number }) => [id, `№ ${number}`] as const),
      ]);
      const names = new Map(users.map(({ id, name }) => [id, name]));
      const nameOf: Entry['nameOf'] = (id) => (id ? (names.get(id) ?? '') : '');
      const said = new Map<Id, CommentDoc[]>();
      for (const comment of comments)
        said.set(comment.eventId, [comment, ...(said.get(comment.eventId) ?? [])]);
      for (const event of group)
        yield {
          event,
          comments: (said.get(event._id) ?? []).filter(
            ({ createdAt }) => event.type !== 'order.discussed' || isMeant(createdAt),
          ),
          revisions: revisions.get(event._id) ?? [],
          nameOf,
          called: (id) => all.get(id) ?? '…',
        };
    }
  }
}

const isWithin = (day: string, { from, to }: Period): boolean => from <= day && day <= to;

/** What a change of a field names, before and after. */
const idsIn = (change: RevisionDoc['changes'][string] | undefined): Id[] =>
  [change?.from, change?.to].flat().filter((id): id is Id => typeof id === 'string');

import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Suppressed } from '@svodka/shared/contracts/notice';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import type { Change } from '../changes/change.ts';
import { CustomerLetters, isCustomerNews } from '../customers/customer-letters.service.ts';
import { DeadlineSweep } from '../deadlines/sweep.service.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import { CommentsService, listenersOf } from '../discussion/comments.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { derivedId, momentOfId } from '../platform/mongo/derived-id.ts';
import { decideComment, type Intent, intentsOf } from './decide.ts';
import type { NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService, type Told } from './outbox.service.ts';
import { PresenceService } from './presence.service.ts';
import { RelayService } from './relay.service.ts';
import { RestoredCopy } from './restored-copy.ts';
import { Following, type Said } from './rules/following.ts';
import { LiveRules } from './rules/live-rules.ts';
import type { RuleSet } from './rules/rule-set.ts';
import {
  absence,
  approach,
  concernsRules,
  FRESH_MS,
  turnsByItself,
  type Word,
  wordsOf,
} from './rules/words.ts';

/** What a document was and is. `before` null: it is new, or what it was is not known. */
type Step<D> = { before: D | null; after: D; at: Date };
type Orders = ReadonlyMap<Id | null, ProjectDoc>;
type Due = { intent: Intent; event: EventDoc };

const BATCH = 200;
const MINUTE = 60_000;

/**
 * Turns stored changes into notices, many at a time, because a thousand deadlines may fall into one minute.
 * Everything it does may be done twice (SPEC N6, N8).
 */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly rules: LiveRules,
    private readonly following: Following,
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly notices: NoticesRepository,
    private readonly outbox: OutboxService,
    private readonly presence: PresenceService,
    private readonly relay: RelayService,
    private readonly customers: CustomerLetters,
    private readonly restored: RestoredCopy,
    private readonly scopes: Scopes,
    private readonly sweep: DeadlineSweep,
    private readonly clock: Clock,
  ) {}

  async decide(changes: readonly Change[]): Promise<void> {
    const events: Step<EventDoc>[] = [];
    const comments: Step<CommentDoc>[] = [];
    for (const { collection, id, before, after: image, at: writtenAt } of changes) {
      const at = writtenAt ?? this.clock.now();
      // A missing image (expired, or over the limit) is made up for by the present state.
      if (collection === 'events') {
        const after = (image as EventDoc | null) ?? (await this.events.byIds([id]))[0];
        if (after) events.push({ before: before as EventDoc | null, after, at });
      } else {
        const after = (image as CommentDoc | null) ?? (await this.comments.byIds([id]))[0];
        if (after) comments.push({ before: before as CommentDoc | null, after, at });
      }
    }
    await this.#decideEvents(events);
    await this.#decideComments(comments);
    // Of several turns of one event the last one holds.
    const turns = new Map<Id, 'closed' | 'back'>();
    for (const { before, after } of events) {
      const turn = turnsByItself(before, after);
      if (turn) turns.set(after._id, turn);
    }
    const turned = (turn: 'closed' | 'back') =>
      [...turns].flatMap(([id, last]) => (last === turn ? [id] : []));
    await this.notices.turn(turned('closed'), this.clock.now());
    await this.notices.turn(turned('back'), null);
  }

  /** Decides again about everything that may have had its moment in the last 24 h. */
  async catchUp(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - FRESH_MS);
    for await (const events of batches(this.events.momentsSince(since)))
      await this.#decideEvents(events.map((after) => ({ before: null, after, at: after.recordedAt })));
    for await (const comments of batches(this.comments.writtenSince(since)))
      await this.#decideComments(comments.map((after) => ({ before: null, after, at: after.createdAt })));
  }

  /** The orders of events as the bus knows them (CH9 of the changes), for whoever has rules asked about them. */
  async ordersOf(events: readonly EventDoc[]): Promise<Orders> {
    const projects = await this.projects.live.byIds(events.flatMap(({ projectId }) => projectId ?? []));
    return new Map(projects.map((project) => [project._id, project]));
  }

  async #decideEvents(steps: readonly Step<EventDoc>[]): Promise<void> {
    const rules = await this.rules.set();
    const concerned = steps.filter(({ after }) => concernsRules(rules, after));
    const orders = await this.ordersOf(concerned.map(({ after }) => after));
    const now = this.clock.now();
    const said = concerned.map(({ before, after, at }) => {
      const order = orders.get(after.projectId) ?? null;
      this.#expect(rules, after, order, now);
      const writtenAt = before || after.recordedAt < at ? at : after.recordedAt;
      const words = wordsOf(rules, before, after, { order, now, at: writtenAt, zone: this.rules.zone });
      return { event: after, order, words };
    });
    await this.say(said);
    await this.#tellCustomers(steps);
  }

  /** What is news to the customers of orders, or what a rule tells them of; imported history is none. */
  async #tellCustomers(steps: readonly Step<EventDoc>[]): Promise<void> {
    const since = new Date(this.clock.now().getTime() - FRESH_MS);
    const news = steps.filter(({ before, after }) => isCustomerNews(before, after, since));
    await this.#writeToCustomers(news.map(({ after, at }) => ({ event: after, since: at })));
  }

  /** Of which of these events the customer hears is for their order to say. */
  async #writeToCustomers(news: readonly { event: EventDoc; since: Date }[]): Promise<void> {
    if (news.length === 0) return;
    const since = new Map(news.map((one) => [one.event._id, one.since]));
    const letters = await this.customers.wanted(news.map(({ event }) => event));
    if (letters.length === 0) return;
    await this.outbox.queueForCustomers(
      letters.map(({ event, letter }) => ({
        letter,
        event,
        isHeld: this.restored.mayHaveTold(since.get(event._id) ?? event.recordedAt),
      })),
    );
    this.relay.wake();
  }

  /** What of a change strikes within the next minute is woken for; the sweep finds it by itself, a minute late. */
  #expect(rules: RuleSet, event: EventDoc, order: ProjectDoc | null, now: Date): void {
    for (const compiled of rules.timed) {
      const word =
        approach(compiled, event, order) ?? absence(compiled, event, { order, zone: this.rules.zone });
      if (word && word.since > now && word.since.getTime() - now.getTime() <= MINUTE)
        this.sweep.expect(word.since);
    }
  }

  async #decideComments(steps: readonly Step<CommentDoc>[]): Promise<void> {
    if (steps.length === 0) return;
    const fresh = steps.filter(({ before }) => before === null).map(({ after }) => after);
    const [people, followers, answered, events] = await Promise.all([
      this.rules.people(),
      this.comments.followersOf([...new Set(fresh.map(({ eventId }) => eventId))]),
      this.comments.byIds(fresh.flatMap(({ replyToId }) => replyToId ?? [])),
      this.events.byIds([...new Set(steps.map(({ after }) => after.eventId))]),
    ]);
    const eventOf = new Map(events.map((event) => [event._id, event]));
    const authorOf = new Map(answered.map(({ _id, authorId }) => [_id, authorId]));
    const intents = steps.flatMap(({ before, after, at }) => {
      const said = followers.get(after.eventId) ?? new Map<Id, Date | false>();
      const event = eventOf.get(after.eventId);
      const whole = event ? listenersOf(event) : [];
      const since = (id: Id) => said.get(id) ?? after.createdAt;
      const heard = [...new Set([...said.keys(), ...whole])].filter((id) => {
        const from = since(id);
        return from !== false && from <= after.createdAt;
      });
      return decideComment(before, after, at, {
        people,
        followers: heard,
        answered: authorOf.get(after.replyToId ?? '') ?? null,
      });
    });
    await this.tell(withEvents(intents, events));
  }

  /** Makes notices of what rules say. */
  async say(said: readonly Said[]): Promise<void> {
    const standing = (await this.following.unfollowed(said)).filter(({ words }) => words.length > 0);
    if (standing.length === 0) return;
    const people = await this.rules.people();
    await this.#writeToCustomers(
      standing.flatMap(({ event, words }) => {
        const word = words.find(isForCustomer);
        return word ? [{ event, since: word.since }] : [];
      }),
    );
    await this.tell(
      standing.flatMap(({ event, order, words }) =>
        intentsOf(words, { event, order, people }).map((intent) => ({ intent, event })),
      ),
    );
  }

  async tell(dues: readonly Due[]): Promise<void> {
    if (dues.length === 0) return;
    const now = this.clock.now();
    const users = await this.users.byIds([...new Set(dues.map(({ intent }) => intent.userId))]);
    const byId = new Map(users.map((user) => [user._id, user]));
    const followed = dues.flatMap(({ intent: { role, eventId } }) => (role === 'follower' ? eventId : []));
    const reads = await this.presence.readersOf(followed);
    const told = dues.flatMap(({ intent, event }): Told[] => {
      const user = byId.get(intent.userId);
      if (!user) return [];
      const { id, since, escalatesMin, ...rest } = intent;
      const suppressed = this.#reasonAgainst(user, event) ?? intent.suppressed;
      // Nobody has named these one by one, so nobody asks why they were not told.
      if (suppressed && (rest.role === 'group' || rest.role === 'follower')) return [];
      const escalateAt =
        escalatesMin === null || suppressed ? null : new Date(now.getTime() + escalatesMin * MINUTE);
      if (escalateAt) this.sweep.expect(escalateAt);
      const notice: NoticeDoc = {
        // What was told nobody must not stand in the way of what is told them later.
        _id: suppressed ? derivedId(momentOfId(id), 'notice', suppressed, id) : id,
        ...rest,
        suppressed,
        escalateAt,
        createdAt: now,
        // What is said where somebody looks stands before their eyes.
        seenAt: rest.role === 'follower' && reads(event._id, user._id) ? now : null,
        version: 1,
      };
      return [{ notice, user, event, isHeld: this.restored.mayHaveTold(since) }];
    });
    await this.notices.insertNew(told.map(({ notice }) => notice));
    await this.outbox.queue(told.filter(({ notice: { suppressed } }) => !suppressed));
    this.relay.wake();
  }

  #reasonAgainst(user: UserDoc, event: EventDoc): Suppressed | null {
    if (user.disabledAt) return 'disabled';
    return maySee(user, event, this.scopes) ? null : 'no-access';
  }
}

const isForCustomer = ({ compiled: { rule } }: Word): boolean =>
  rule.state === 'on' && rule.recipients.some(({ to }) => to === 'customer');

function withEvents(intents: readonly Intent[], events: readonly EventDoc[]): Due[] {
  const byId = new Map(events.map((event) => [event._id, event]));
  return intents.flatMap((intent) => {
    const event = byId.get(intent.eventId);
    return event ? [{ intent, event }] : [];
  });
}

async function* batches<D>(docs: AsyncIterable<D>): AsyncGenerator<D[]> {
  let batch: D[] = [];
  for await (const doc of docs) {
    batch.push(doc);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

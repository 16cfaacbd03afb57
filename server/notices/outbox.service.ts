import { Injectable } from '@nestjs/common';
import type { LetterWords } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { CustomerLetter, WayOut } from '@svodka/shared/contracts/notice';
import { preferencesOf } from '@svodka/shared/contracts/preferences';
import { type Plan, planFor } from '@svodka/shared/rules/telling';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { derivedId, momentOfId } from '../platform/mongo/derived-id.ts';
import { DeliveriesRepository, FIRST_OF_KIND, HELD } from './deliveries.repository.ts';
import { writeTrial } from './letter.ts';
import { LettersService } from './letters.service.ts';
import { type DeliveryDoc, isListed, type NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';
import { PresenceService } from './presence.service.ts';
import { PushService } from './push.service.ts';

/** Time to see a toast before the letter goes. */
const TOAST_MS = 60_000;

/** A notice with its reader and its event. `isHeld`: a past that was lost may have told it already (SPEC D8). */
export type Told = { notice: NoticeDoc; user: UserDoc; event: EventDoc; isHeld: boolean };
export type ToldCustomer = { letter: CustomerLetter; event: EventDoc; isHeld: boolean };

/** How a notice is to be carried: as its rules say, or of old ones, as was usual. */
const mannerOf = ({ channels, passesQuiet, isAtOnce, delayMinutes = 0 }: NoticeDoc, event: EventDoc) => ({
  channels: channels ?? ['mail' as const, 'push' as const],
  passesQuiet: passesQuiet ?? event.importance === 'critical',
  isAtOnce: isAtOnce ?? false,
  delayMs: delayMinutes * 60_000,
});

/**
 * Follows from the notice: a repetition queues nothing twice. Other programs are told of an event, not of who is told
 * of it, so all its notices of one instant have one: what is overdue again is told again.
 */
function deliveryId({ _id, eventId, reason, at }: NoticeDoc, channel: WayOut): Id {
  if (channel === 'webhook') {
    // A change has its own moment; everything else is told once for the instant in its id, whatever is edited since.
    const of = reason === 'changed' ? at : momentOfId(_id);
    return derivedId(of, 'webhook', eventId, reason, momentOfId(_id).toISOString());
  }
  return derivedId(momentOfId(_id), channel === 'mail' ? 'delivery' : channel, _id);
}

/** Under which id the customer of an order is written of an event. */
export const customerDeliveryId = ({ _id, recordedAt }: EventDoc, projectId: Id): Id =>
  derivedId(recordedAt, 'customer letter', _id, projectId);

/** What every delivery begins as; the rest says whose it is, and what it carries. */
type Draft = Pick<
  DeliveryDoc,
  | '_id'
  | 'noticeId'
  | 'userId'
  | 'to'
  | 'subject'
  | 'text'
  | 'state'
  | 'reason'
  | 'nextAttemptAt'
  | 'messageId'
> &
  Partial<Pick<DeliveryDoc, 'channel' | 'customer' | 'isGathered' | 'isAsked' | 'html'>>;

/** The queue of what is carried beyond the pages that are open. */
@Injectable()
export class OutboxService {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly notices: NoticesRepository,
    private readonly letters: LettersService,
    private readonly customers: CustomerLetters,
    private readonly presence: PresenceService,
    private readonly pushes: PushService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Queues what carries notices, except what is queued already (SPEC N8, D1, D15). */
  async queue(told: Told[]): Promise<void> {
    const having = await this.pushes.having(told.map(({ user }) => user._id));
    const all = told.flatMap((one) =>
      mannerOf(one.notice, one.event)
        .channels.filter((channel) => channel !== 'inbox')
        .filter((channel) => this.#isThere(channel, one, having))
        .map((channel) => ({ ...one, channel, _id: deliveryId(one.notice, channel) })),
    );
    const known = await this.deliveries.known(all.map(({ _id }) => _id));
    // What stands there was told by all ways that there were: a way that was opened since carries no old news.
    const isTold = new Set(all.flatMap(({ _id, notice }) => (known.has(_id) ? notice._id : [])));
    const fresh = all.filter(
      ({ _id, channel, notice }) => !known.has(_id) && (channel === 'mail' || !isTold.has(notice._id)),
    );
    if (fresh.length === 0) return;
    const [present, write] = await Promise.all([
      this.presence.presentOf(fresh.map(({ user }) => user._id)),
      this.letters.writerFor(fresh),
    ]);
    const now = this.clock.now();
    await this.#add(
      fresh.map((one): Draft => {
        const { _id, channel, notice, user, event, isHeld } = one;
        const { delayMs, ...manner } = mannerOf(notice, event);
        const letter = write(one);
        const wait = Math.max(delayMs, present.has(user._id) && isListed(notice) ? TOAST_MS : 0);
        const plan = this.#plan(one, manner, new Date(now.getTime() + wait));
        return {
          _id,
          channel,
          noticeId: notice._id,
          // A program is nobody.
          userId: channel === 'webhook' ? null : user._id,
          to: channel === 'mail' ? (user.email ?? '') : '',
          subject: letter.subject,
          text: channel === 'mail' ? letter.text : letter.brief,
          ...(channel === 'mail' && { html: letter.html }),
          messageId: this.letters.messageId(notice._id),
          ...('not' in plan
            ? { state: 'cancelled', reason: plan.not, nextAttemptAt: null }
            : isHeld
              ? { ...HELD, nextAttemptAt: null }
              : { state: 'queued', reason: null, nextAttemptAt: plan.at, isGathered: plan.isGathered }),
        };
      }),
    );
  }

  /** Queues letters to customers, once for each event and order. The first of each kind waits for a person (D9). */
  async queueForCustomers(told: readonly ToldCustomer[]): Promise<void> {
    const withIds = told.map((one) => ({ ...one, _id: customerDeliveryId(one.event, one.letter.projectId) }));
    const known = await this.deliveries.known(withIds.map(({ _id }) => _id));
    const fresh = withIds.filter(({ _id }) => !known.has(_id));
    if (fresh.length === 0) return;
    const released = await this.customers.released();
    const all = await this.customers.ready(fresh.map(({ letter }) => letter));
    for (const [i, { _id, letter, isHeld }] of fresh.entries()) {
      const now = this.clock.now();
      const ready = all[i] ?? 'event-gone';
      const written = typeof ready === 'string' ? null : this.customers.kept(ready);
      const fate =
        typeof ready === 'string'
          ? { state: 'cancelled' as const, reason: ready }
          : isHeld
            ? HELD
            : released.has(letter.kind)
              ? { state: 'queued' as const, reason: null }
              : { ...HELD, reason: FIRST_OF_KIND };
      const isQueued = fate.state === 'queued';
      await this.#add([
        {
          _id,
          noticeId: null,
          userId: null,
          customer: letter,
          ...(written ?? { to: '', subject: '', text: '' }),
          ...fate,
          messageId: this.letters.messageId(_id),
          nextAttemptAt: isQueued ? await this.customers.hourFor(letter, now) : null,
        },
      ]);
    }
  }

  /** Adds what is not there yet. */
  async #add(drafts: readonly Draft[]): Promise<void> {
    const createdAt = this.clock.now();
    await this.deliveries.insertNew(
      drafts.map((draft) => ({
        isAsked: false,
        ...draft,
        attempts: [],
        createdAt,
        sentAt: null,
        fence: 0,
        isDotted: false,
        refusals: 0,
      })),
    );
  }

  /** To try the way or the words, to who asks. @throws AppError `conflict` when no letter leaves, or they have no address */
  async trial(user: UserDoc, channel: 'mail' | 'push', words?: LetterWords): Promise<Id> {
    if (channel === 'mail' && this.config.smtpUrl === null) throw new AppError('conflict', '#no-smtp');
    if (channel === 'mail' && !user.email) throw new AppError('conflict', '#no-email');
    const now = this.clock.now();
    const _id = newId(now.getTime());
    const trial = writeTrial(user.locale, this.config.baseUrl);
    const { subject, text, html } = words ? this.customers.sample(words) : trial;
    await this.#add([
      {
        _id,
        channel,
        noticeId: null,
        userId: user._id,
        to: user.email ?? '',
        subject,
        ...(channel === 'mail' ? { text, html } : { text: trial.brief }),
        messageId: this.letters.messageId(_id),
        state: 'queued',
        reason: null,
        nextAttemptAt: now,
        isAsked: true,
      },
    ]);
    return _id;
  }

  /** Lets go of what waits about notices that a person has seen meanwhile, wherever that was. */
  async seen(userId: Id): Promise<void> {
    const seen = await this.notices.seenAmong(await this.deliveries.waitingOf(userId));
    await this.deliveries.cancelWaiting(userId, seen, 'seen');
  }

  /** Queues anew what was let go of while notices were put off that are back now: as what is new would go (SPEC N10). */
  async again(told: readonly Told[]): Promise<void> {
    const byNotice = new Map(told.map((one) => [one.notice._id, one]));
    const now = this.clock.now();
    for (const { _id, noticeId, channel = 'mail' } of await this.deliveries.letGoOf([...byNotice.keys()])) {
      const one = byNotice.get(noticeId ?? '');
      if (!one) continue;
      const { delayMs, ...manner } = mannerOf(one.notice, one.event);
      const at = new Date(now.getTime() + Math.max(delayMs, TOAST_MS));
      const plan = this.#plan({ ...one, channel }, manner, at);
      if (!('not' in plan)) await this.deliveries.again(_id, plan);
    }
  }

  #isThere(channel: WayOut, { notice, user, isHeld }: Told, having: ReadonlySet<Id>): boolean {
    if (channel === 'push') return !isHeld && having.has(user._id);
    if (channel === 'mail') return true;
    // What one person has to say to another is nothing for programs.
    return (
      !isHeld && notice.reason !== 'mention' && notice.reason !== 'comment' && this.config.webhook !== null
    );
  }

  #plan(
    { channel, notice, user, event }: Told & { channel: WayOut },
    { passesQuiet, isAtOnce }: { passesQuiet: boolean; isAtOnce: boolean },
    at: Date,
  ): Plan {
    if (channel === 'webhook') return { at: this.clock.now(), isGathered: false };
    const person = { preferences: preferencesOf(user.preferences), zone: user.tz };
    const tellable = { reason: notice.reason, projectId: event.projectId, passesQuiet, isAtOnce };
    return planFor(person, tellable, at)[channel];
  }
}

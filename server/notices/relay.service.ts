import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import type { CustomerLetter, NoticeReason } from '@svodka/shared/contracts/notice';
import { translate } from '@svodka/shared/messages/catalogue';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { maySee } from '../events/may-see.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Letter, Mailer, type Outcome } from '../platform/mailer/mailer.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { LettersService } from './letters.service.ts';
import type { DeliveryDoc, NoticeDoc } from './notice.schema.ts';
import { NoticesRepository } from './notices.repository.ts';

const EVERY_MS = 1_000;
const LANES = 4;
const LEASE_MS = 45_000;
/** Below the lease, so that an attempt ends before somebody else may begin one. */
const ATTEMPT_MS = 40_000;
/** How long letters under way may take to end at a stop. */
const GRACE_MS = 3_000;
const MINUTE = 60_000;
const PAUSES_MS = [1, 5, 15, 60, 240].map((minutes) => minutes * MINUTE);
const AMBIGUOUS_MS = 10 * MINUTE;

/** What an attempt says of itself until its end is known. */
const STARTED = 'started';

class LostClaim extends Error {}

/** A rule may speak of a deadline, or of a planned day, before the event itself says that it is near. */
function isStillDue({ dueAt, dueState, status }: EventDoc, reason: NoticeReason, at: Date): boolean {
  if (dueAt === null) return reason === 'approaching';
  const isNear =
    dueState === reason || (reason === 'approaching' && dueState === 'none' && status !== 'recorded');
  return isNear && dueAt.getTime() === at.getTime();
}

type Ready = { notice: NoticeDoc; user: UserDoc; event: EventDoc; email: string };
/** `kept`: as «Почта» shows it. `write`: as it leaves, which may give its reader a link that nobody else has. */
type Carried = {
  name: string;
  language: Locale;
  sender: string;
  kept: { to: string; subject: string; text: string };
  write(): Promise<Pick<Letter, 'subject' | 'text' | 'html' | 'unsubscribe'>>;
};

/**
 * Carries the outbox (SPEC D1 to D7). Any number of relays may run: a delivery belongs to who holds its fence.
 *
 * Order: who has waited longest goes first; at most four letters at a time. Shutdown: no new claims;
 * letters under way get a moment to end, then they are cut (before the dot they are surely unsent, and wait).
 */
@Injectable()
export class RelayService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #attempts = new Set<AbortController>();
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #lanes = new Set<Promise<void>>();
  #isAway = false;

  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly deliveries: DeliveriesRepository,
    private readonly notices: NoticesRepository,
    private readonly users: UsersService,
    private readonly letters: LettersService,
    private readonly customers: CustomerLetters,
    private readonly mailer: Mailer,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'relay' });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.wake(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#isStopped = true;
    const cut = setTimeout(() => {
      for (const attempt of this.#attempts) attempt.abort(new LostClaim('shutting down'));
    }, GRACE_MS);
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
    clearTimeout(cut);
  }

  /** Looks at once for what may be carried, in one more lane if there is room. */
  wake(): void {
    if (this.#isStopped || this.#lanes.size >= LANES) return;
    const lane = this.#lane()
      .then(() => {
        this.#isAway = false;
      })
      .catch((err) => {
        // Once per outage, not once a second.
        if (!this.#isAway) this.#log.warn('the outbox cannot be read', { err });
        this.#isAway = true;
      })
      .finally(() => this.#lanes.delete(lane));
    this.#lanes.add(lane);
  }

  /** Carries everything whose time has come, and waits for what is under way. */
  async run(): Promise<void> {
    this.wake();
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  /** A lane that found something calls for the next one: a server that dawdles over one letter holds up no other. */
  async #lane(): Promise<void> {
    while (!this.#isStopped) {
      const now = this.clock.now();
      const claim = await this.deliveries.claim(now, new Date(now.getTime() + LEASE_MS));
      if (!claim) return;
      this.wake();
      try {
        await this.#carry(claim);
      } catch (err) {
        // Its lease runs out, and it is taken up again.
        if (!(err instanceof LostClaim))
          this.#log.error('a delivery failed in the relay', { id: claim._id, err });
      }
    }
  }

  async #carry(claim: DeliveryDoc): Promise<void> {
    if (claim.state === 'sending' && claim.isDotted) {
      return this.#settleAmbiguous(claim, claim.attempts.length - 1, 'the worker ended after the final dot');
    }
    const carried = await (claim.customer ? this.#toCustomer(claim.customer) : this.#toPerson(claim));
    if (typeof carried === 'string') return this.#finish(claim, 'cancelled', carried);
    const { name, language, sender, kept } = carried;
    if (!this.mailer.isOn) return this.#finish(claim, 'kept', 'no-smtp', kept);
    if (/\.invalid$/i.test(kept.to)) return this.#finish(claim, 'kept', 'demo-address', kept);

    if (claim.attempts.at(-1)?.outcome === STARTED) {
      const last = `attempts.${claim.attempts.length - 1}.outcome`;
      await this.#write(claim, { [last]: 'the worker ended before the final dot' });
    }
    const index = claim.attempts.length;
    const attempt = { at: this.clock.now(), outcome: STARTED };
    const isSecondTry = claim.isSecondTry || claim.state === 'ambiguous';
    await this.#write(claim, { ...kept, isDotted: false, isSecondTry }, attempt);
    const outcome = await this.#send(claim, {
      from: { name: sender, address: this.config.mailFrom },
      to: { name, address: kept.to },
      ...(await carried.write()),
      messageId: claim.messageId,
      language,
    });
    await this.#settle({ ...claim, isSecondTry }, index, outcome);
  }

  async #toPerson(claim: DeliveryDoc): Promise<Carried | string> {
    const ready = await this.#check(claim);
    if (typeof ready === 'string') return ready;
    const { notice, user, event, email } = ready;
    const write = await this.letters.writerFor([ready]);
    const letter = write(notice, user, event);
    return {
      name: user.name,
      language: user.locale,
      sender: translate(user.locale, 'mail.from'),
      kept: { to: email, subject: letter.subject, text: letter.text },
      write: async () => letter,
    };
  }

  async #toCustomer(letter: CustomerLetter): Promise<Carried | string> {
    const ready = await this.customers.ready(letter);
    if (typeof ready === 'string') return ready;
    return {
      name: ready.name,
      language: ready.locale,
      sender: this.customers.senderIn(ready.locale),
      kept: this.customers.kept(ready),
      write: () => this.customers.written(letter, ready),
    };
  }

  async #send(claim: DeliveryDoc, letter: Letter): Promise<Outcome> {
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(new Error('the attempt took too long')), ATTEMPT_MS);
    this.#attempts.add(attempt);
    try {
      return await this.mailer.send(letter, {
        signal: attempt.signal,
        beforeDot: () =>
          this.#write(claim, {
            isDotted: true,
            nextAttemptAt: new Date(this.clock.now().getTime() + LEASE_MS),
          }),
      });
    } finally {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    }
  }

  /** Everything read again just before sending (D2): what to send from, or why not to. */
  async #check(claim: DeliveryDoc): Promise<Ready | string> {
    const [notice, [user]] = await Promise.all([
      claim.noticeId ? this.notices.get(claim.noticeId) : null,
      this.users.byIds(claim.userId ? [claim.userId] : []),
    ]);
    if (!notice || !user) return 'no-access';
    if (notice.seenAt && !claim.isAsked) return 'seen';
    const [event] = await this.events.byIds([notice.eventId]);
    if (!event || !maySee(user, event, this.scopes)) return 'no-access';
    if (await this.#isStale(notice, event)) return 'stale';
    return user.email ? { notice, user, event, email: user.email } : 'no-email';
  }

  /** A letter about a deadline that has moved or gone on, or about a comment that is removed, says what is not so. */
  async #isStale({ reason, at, commentId }: NoticeDoc, event: EventDoc): Promise<boolean> {
    if (reason === 'occurred' || reason === 'changed') return false;
    // Who comes next, and who waits for what did not follow, is called for as long as nobody has done anything.
    if (reason === 'escalated' || reason === 'absent') return event.status === 'resolved';
    if (reason !== 'mention') return !isStillDue(event, reason, at);
    const [comment] = await this.comments.byIds(commentId ? [commentId] : []);
    return !comment || comment.deletedAt !== null;
  }

  async #settle(claim: DeliveryDoc, index: number, outcome: Outcome): Promise<void> {
    const told = { [`attempts.${index}.outcome`]: outcome.response };
    if (outcome.kind === 'sent') {
      const sentAt = this.clock.now();
      // First the order tells it: a worker that dies in between leaves a letter whose end nobody knows, and one event.
      if (claim.customer) await this.customers.sent(claim.customer, claim._id, sentAt);
      return this.deliveries.writeSent(claim._id, { ...told, sentAt, reason: null });
    }
    if (outcome.kind === 'ambiguous') return this.#settleAmbiguous(claim, index, outcome.response);
    if (this.#isStopped) {
      return this.#write(claim, { ...told, state: 'queued', nextAttemptAt: this.clock.now() });
    }
    const pause = outcome.permanent ? undefined : PAUSES_MS[claim.refusals];
    this.#log.warn('a letter was refused', { id: claim._id, response: outcome.response, isFinal: !pause });
    await this.#write(claim, {
      ...told,
      state: pause ? 'queued' : 'failed',
      reason: outcome.response,
      refusals: claim.refusals + 1,
      isDotted: false,
      nextAttemptAt: pause ? new Date(this.clock.now().getTime() + pause) : null,
    });
  }

  /** The letter may have arrived. It is sent once more, under the same Message-ID, and then left alone. */
  async #settleAmbiguous(claim: DeliveryDoc, index: number, response: string): Promise<void> {
    this.#log.warn('nobody knows whether a letter arrived', { id: claim._id, response });
    await this.#write(claim, {
      [`attempts.${index}.outcome`]: response,
      state: 'ambiguous',
      reason: response,
      isDotted: false,
      nextAttemptAt: claim.isSecondTry ? null : new Date(this.clock.now().getTime() + AMBIGUOUS_MS),
    });
  }

  async #finish(
    claim: DeliveryDoc,
    state: 'cancelled' | 'kept',
    reason: string,
    letter: Partial<DeliveryDoc> = {},
  ): Promise<void> {
    await this.#write(claim, { ...letter, state, reason, nextAttemptAt: null });
  }

  async #write(
    claim: DeliveryDoc,
    fields: Partial<DeliveryDoc> | Record<string, unknown>,
    attempt?: DeliveryDoc['attempts'][number],
  ): Promise<void> {
    if (!(await this.deliveries.write(claim, fields, attempt))) throw new LostClaim(claim._id);
  }
}

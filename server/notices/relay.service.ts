import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CustomerLetter, WayOut } from '@svodka/shared/contracts/notice';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import type { Outcome } from '../platform/mailer/mailer.ts';
import type { Carrier, Content, Contents } from './channel.ts';
import { DeadAddresses } from './dead-addresses.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { MailCarrier } from './mail.carrier.ts';
import type { DeliveryDoc } from './notice.schema.ts';
import { NoticeContents } from './notice-contents.ts';
import { PushCarrier } from './push.carrier.ts';
import { WebhookCarrier } from './webhook.carrier.ts';

const MINUTE = 60_000;
const EVERY_MS = 1_000;
const LANES = 4;
const LEASE_MS = 45_000;
/** Below the lease, so that an attempt ends before somebody else may begin one. */
const ATTEMPT_MS = LEASE_MS - 5_000;
/** Who has a letter whole may look through it before the answer (RFC 5321, 4.5.3.2.6): too early an end doubles it. */
const ANSWER_MS = 2 * MINUTE;
/** How long letters under way may take to end at a stop. */
const GRACE_MS = 3_000;
const PAUSES_MS = [1, 5, 15, 60, 240].map((minutes) => minutes * MINUTE);
/** So many letters of their own a person gets within an hour; what comes beyond is gathered, and goes every quarter. */
const MOST_AN_HOUR = 12;
const STORM_MS = 15 * MINUTE;

/** What an attempt says of itself until its end is known, and when nobody lived to hear it (`mailbox.outcome.*`). */
const STARTED = 'started';
const ENDED_BEFORE_DOT = 'ended-before-dot';
const ENDED_AFTER_DOT = 'ended-after-dot';

class LostClaim extends Error {}

/**
 * Carries the outbox (SPEC D1 to D12). Any number of relays may run: a delivery belongs to who holds its fence.
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
  #taking: Promise<unknown> = Promise.resolve();
  readonly #carriers: Record<WayOut, Carrier>;

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly contents: NoticeContents,
    private readonly customers: CustomerLetters,
    private readonly dead: DeadAddresses,
    mail: MailCarrier,
    push: PushCarrier,
    webhook: WebhookCarrier,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#carriers = { mail, push, webhook };
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
      const taken = await this.#take();
      if (!taken) return;
      const { claim, others } = taken;
      this.wake();
      try {
        await this.#carry(claim, others);
      } catch (err) {
        // Its lease runs out, and it is taken up again.
        if (!(err instanceof LostClaim))
          this.#log.error('a delivery failed in the relay', { id: claim._id, err });
      }
    }
  }

  /**
   * Claims one, and what is gathered goes with it. One lane after the other: of two that gather for the same person at
   * once each would find a part.
   */
  #take(): Promise<{ claim: DeliveryDoc; others: DeliveryDoc[] } | null> {
    const taking = this.#taking.then(async () => {
      const now = this.clock.now();
      const claim = await this.deliveries.claim(now, new Date(now.getTime() + LEASE_MS));
      if (!claim?.isGathered) return claim && { claim, others: [] };
      const isFirst = claim.attempts.length === 0;
      const others = isFirst
        ? await this.deliveries.gather(claim, now)
        : await this.deliveries.gatheredIn(claim._id);
      return { claim, others };
    });
    this.#taking = taking.catch(() => undefined);
    return taking;
  }

  async #carry(claim: DeliveryDoc, others: readonly DeliveryDoc[]): Promise<void> {
    if (claim.state === 'sending' && claim.isDotted) {
      const unheard = { kind: 'ambiguous', response: ENDED_AFTER_DOT } as const;
      return this.#settle(claim, claim.attempts.length - 1, unheard);
    }
    const now = this.clock.now();
    const { channel = 'mail' } = claim;
    if (claim.attempts.length === 0 && (await this.#isOneTooMany(claim, now))) return;
    if (await this.#isTooLate(claim, now)) return;
    const content = await this.#contentsOf(claim)(claim, others);
    if (typeof content === 'string') return this.#finish(claim, 'cancelled', content);
    const { to, subject, html } = content;
    const text = channel === 'push' ? content.brief : content.text;
    const letter = { to, subject, text, ...(html && channel === 'mail' && { html }) };
    const carrier = this.#carriers[channel];
    const kept = carrier.keeps(content);
    if (kept) return this.#finish(claim, 'kept', kept, letter);

    if (claim.attempts.at(-1)?.outcome === STARTED) {
      const last = `attempts.${claim.attempts.length - 1}.outcome`;
      await this.#write(claim, { [last]: ENDED_BEFORE_DOT });
    }
    const index = claim.attempts.length;
    await this.#write(claim, { ...letter, isDotted: false }, { at: now, outcome: STARTED });
    const outcome = await this.#send(carrier, claim, content);
    // First: a worker that ends before the outcome is written leaves a letter that is tried again.
    if (channel === 'mail' && claim.userId) await this.dead.learn(claim.userId, to, outcome, claim.isAsked);
    await this.#settle(claim, index, outcome);
  }

  #contentsOf({ customer, noticeId, channel }: DeliveryDoc): Contents {
    if (customer) return () => this.#toCustomer(customer);
    if (!noticeId) return (claim) => this.contents.trial(claim);
    if (channel === 'webhook') return (claim) => this.contents.toProgram(claim);
    return (claim, others) => this.contents.toPerson(claim, others);
  }

  async #toCustomer(letter: CustomerLetter): Promise<Content | string> {
    const [ready = 'event-gone'] = await this.customers.ready([letter]);
    if (typeof ready === 'string') return ready;
    const { name, locale } = ready;
    const sender = this.customers.senderIn(locale);
    const leaves = () => this.customers.written(letter, ready);
    return { name, locale, sender, ...this.customers.kept(ready), brief: '', path: '', leaves };
  }

  /** A storm becomes one letter: what is beyond the limit waits for what else comes (SPEC D10). */
  async #isOneTooMany(claim: DeliveryDoc, now: Date): Promise<boolean> {
    const { userId, channel = 'mail', isGathered, isAsked } = claim;
    if (channel !== 'mail' || !userId || isGathered || isAsked) return false;
    const since = new Date(now.getTime() - 60 * MINUTE);
    if ((await this.deliveries.countSent(userId, since)) < MOST_AN_HOUR) return false;
    const until = new Date(Math.ceil((now.getTime() + 1) / STORM_MS) * STORM_MS);
    await this.#write(claim, { state: 'queued', isGathered: true, nextAttemptAt: until });
    await this.deliveries.putOff(userId, until);
    return true;
  }

  /** What was refused or held up until the night waits for the morning of its customer; who asks for it knows the hour. */
  async #isTooLate(claim: DeliveryDoc, now: Date): Promise<boolean> {
    if (!claim.customer || claim.isAsked) return false;
    const at = await this.customers.hourFor(claim.customer, now);
    if (at <= now) return false;
    const state = claim.state === 'ambiguous' ? claim.state : 'queued';
    await this.#write(claim, { state, nextAttemptAt: at });
    return true;
  }

  async #send(carrier: Carrier, claim: DeliveryDoc, content: Content): Promise<Outcome> {
    const attempt = new AbortController();
    const end = () => attempt.abort(new Error('the attempt took too long'));
    const holds = () => ({ nextAttemptAt: new Date(this.clock.now().getTime() + LEASE_MS) });
    let timer = setTimeout(end, ATTEMPT_MS);
    let holding: NodeJS.Timeout | undefined;
    this.#attempts.add(attempt);
    try {
      return await carrier.send(claim, content, {
        signal: attempt.signal,
        beforeDot: async () => {
          await this.#write(claim, { isDotted: true, ...holds() });
          clearTimeout(timer);
          timer = setTimeout(end, ANSWER_MS);
          // Whoever waits and lives keeps the claim; of one that is lost by then nothing is written any more.
          holding = setInterval(() => void this.#write(claim, holds()).catch(() => {}), LEASE_MS / 3);
        },
      });
    } finally {
      clearTimeout(timer);
      clearInterval(holding);
      this.#attempts.delete(attempt);
    }
  }

  async #settle(claim: DeliveryDoc, index: number, outcome: Outcome): Promise<void> {
    const told = { [`attempts.${index}.outcome`]: outcome.response };
    if (outcome.kind === 'sent') {
      const sentAt = this.clock.now();
      // First the order tells it: a worker that dies in between leaves a letter whose end nobody knows, and one event.
      if (claim.customer) await this.customers.sent(claim.customer, claim._id, sentAt);
      return this.deliveries.writeSent(claim._id, { ...told, sentAt, reason: null });
    }
    const isRefused = outcome.kind === 'refused';
    if (isRefused && this.#isStopped) {
      return this.#write(claim, { ...told, state: 'queued', nextAttemptAt: this.clock.now() });
    }
    const pause = isRefused && outcome.permanent ? undefined : PAUSES_MS[claim.refusals];
    const what = isRefused ? 'a letter was refused' : 'nobody knows whether a letter arrived';
    this.#log.warn(what, { id: claim._id, response: outcome.response, isFinal: !pause });
    const refused = pause ? 'queued' : 'failed';
    await this.#write(claim, {
      ...told,
      state: isRefused ? refused : 'ambiguous',
      reason: outcome.response,
      refusals: claim.refusals + 1,
      isDotted: false,
      nextAttemptAt: pause ? new Date(this.clock.now().getTime() + pause) : null,
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

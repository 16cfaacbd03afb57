import { Inject, Injectable } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import {
  CUSTOMER_TYPES,
  type CustomerType,
  consentOf,
  isCustomerType,
  type LetterWords,
  type PublicNews,
  type PublicOrder,
} from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import type { CustomerLetter } from '@svodka/shared/contracts/notice';
import { translate } from '@svodka/shared/messages/catalogue';
import { instantOfWall } from '@svodka/shared/rules/due';
import { dayIn, happenedAt } from '@svodka/shared/rules/orders/facts';
import { TEMPLATES } from '@svodka/shared/rules/orders/templates';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import type { Connection, mongo } from 'mongoose';
import { ConsentsService } from '../counterparties/consents.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { isInstallDay, writeCustomerLetter } from './customer-letter.ts';
import { CustomerLinks } from './customer-links.service.ts';
import { check, LetterWordings } from './letter-words.service.ts';
import { PublicOrders } from './public-orders.service.ts';

/** Letters reach customers in these hours of the order's zone; what comes up at night waits for the morning. */
const HOURS = { from: 8, to: 21 };
/** Stands in what is kept of a letter: the link itself is its reader's. */
const HIDDEN = '•••';

/** News of a day to come: that one is told, and not the day on which it was agreed. */
const PLANS: readonly CustomerType[] = ['measure.scheduled', 'install.confirmed', 'work.rescheduled'];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type KindsDoc = { _id: string; released: CustomerType[] };
const KINDS = 'customers.kinds';

/** A letter that may go: to whom, and its words for a page. Why not: a code, in `mailbox.reason.*`. */
export type ReadyLetter = {
  name: string;
  email: string;
  locale: Locale;
  write(page: string): ReturnType<typeof writeCustomerLetter>;
};

const isPlan = (type: string): boolean => (PLANS as readonly string[]).includes(type);

/** Since when it is as an event says; null: it is only expected, or deleted. A day may be agreed and still to come. */
const soSince = (event: EventDoc): Date | null =>
  isPlan(event.type) && !event.deletedAt ? event.occurredAt : happenedAt(event);

/** Of which day a letter speaks: the planned one, or that on which it happened. */
function newsDayOf(event: EventDoc, type: CustomerType, { tz }: ProjectDoc, order: PublicOrder): string {
  if (isInstallDay(type) && typeof event.payload.startOn !== 'string' && order.installation?.on)
    return order.installation.on;
  const named = [event.payload.startOn, event.dueLocal?.slice(0, 10)].find(
    (day): day is string => typeof day === 'string' && DAY.test(day),
  );
  return (isPlan(type) && named) || dayIn(tz, event.occurredAt);
}

/** Whether the installation is on another day by now, or what was agreed is not settled any more. Of several stages each has a day of its own. */
const isOvertaken = ({ type, on, order: { installation } }: PublicNews, { template }: ProjectDoc): boolean =>
  isInstallDay(type) &&
  installation !== null &&
  (installation.on === null ? type === 'install.confirmed' : installation.on !== on) &&
  !TEMPLATES[template ?? 'private'].staged.includes('install');

/** Whether an event is news to the customer of its order, no older than `since`, apart from what the order says of that. */
export function isCustomerNews(before: EventDoc | null, after: EventDoc, since: Date): boolean {
  const at = soSince(after);
  if (!at || at <= since || !after.projectId || !isCustomerType(after.type)) return false;
  return !before || !soSince(before) || before.projectId !== after.projectId;
}

/** Letters to customers: of what, to whom, in which words, and what becomes of them (SPEC). The outbox carries them. */
@Injectable()
export class CustomerLetters {
  readonly #settings: mongo.Collection<KindsDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly counterparties: CounterpartiesService,
    private readonly consents: ConsentsService,
    private readonly projects: ProjectsService,
    private readonly events: EventsRepository,
    private readonly intake: EventIntake,
    private readonly orders: PublicOrders,
    private readonly links: CustomerLinks,
    private readonly wordings: LetterWordings,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.#settings = driverCollection(connection, 'settings');
  }

  /** About which events there is a letter, for orders that want it. */
  async wanted(events: readonly EventDoc[]): Promise<{ event: EventDoc; letter: CustomerLetter }[]> {
    const projects = await this.projects.live.byIds(events.flatMap(({ projectId }) => projectId ?? []));
    const byId = new Map(projects.map((project) => [project._id, project]));
    return events.flatMap((event) => {
      const project = byId.get(event.projectId ?? '');
      const kind = project?.told?.find((type) => type === event.type);
      if (!project || !kind || !soSince(event)) return [];
      const { _id: projectId, counterpartyId } = project;
      return [{ event, letter: { counterpartyId, projectId, eventId: event._id, kind } }];
    });
  }

  /** Those of some letters whose customer has agreed to any, as things stand. */
  async agreed<T extends { letter: CustomerLetter }>(wanted: readonly T[]): Promise<T[]> {
    const named = wanted.flatMap(({ letter: { counterpartyId } }) => counterpartyId ?? []);
    const { docs, chainOf } = await this.counterparties.standing([...new Set(named)]);
    const agreedBy = await this.consents.agreed([...docs.values()]);
    return wanted.filter(({ letter: { counterpartyId: id } }) => {
      const card = id && docs.get(chainOf(id).at(-1) ?? id);
      return card && consentOf({ consents: agreedBy(card) });
    });
  }

  /** What letters say as things stand, or why they say nothing. */
  async ready(letters: readonly CustomerLetter[]): Promise<(ReadyLetter | string)[]> {
    const [projects, events] = await Promise.all([
      this.projects.byIds(letters.map(({ projectId }) => projectId)),
      this.events.byIds(letters.map(({ eventId }) => eventId)),
    ]);
    const projectOf = new Map(projects.map((project) => [project._id, project]));
    const eventOf = new Map(events.map((event) => [event._id, event]));
    const named = [...letters, ...projects].flatMap(({ counterpartyId }) => counterpartyId ?? []);
    const { docs, chainOf } = await this.counterparties.standing(named);
    const standing = (id: Id | null) => (id ? docs.get(chainOf(id).at(-1) ?? id) : undefined);
    const [agreedBy, orderOf, wording] = await Promise.all([
      this.consents.agreed(letters.flatMap(({ counterpartyId }) => standing(counterpartyId) ?? [])),
      this.orders.of(projects),
      this.wordings.read(),
    ]);
    return letters.map(({ counterpartyId, projectId, eventId, kind }) => {
      const [event, project] = [eventOf.get(eventId), projectOf.get(projectId)];
      const at = event ? soSince(event) : null;
      if (!event || !at || event.projectId !== projectId) return 'event-gone';
      if (!project?.told?.includes(kind)) return 'not-told';
      // An order that has come to another customer meanwhile is not told to the first.
      const card = standing(counterpartyId);
      if (!card || card !== standing(project.counterpartyId)) return 'no-customer';
      const consent = consentOf({ consents: agreedBy(card) });
      if (!consent) return 'no-consent';
      const { email, locale } = consent;
      const order = orderOf(project);
      const on = newsDayOf({ ...event, occurredAt: at }, kind, project, order);
      const news = { type: kind, on, order };
      if (isOvertaken(news, project)) return 'overtaken';
      const write = this.#writer(news, wording(kind, locale));
      return { name: card.name, email, locale, write };
    });
  }

  #writer(news: PublicNews, words: LetterWords) {
    const company = this.config.companyName;
    return (page: string) => writeCustomerLetter(news, words, { page, company });
  }

  /** How a letter of such words would look, of an order that is none. @throws AppError `validation` */
  sample(words: LetterWords): ReturnType<typeof writeCustomerLetter> {
    check(words);
    const on = dayIn(this.config.tzDefault, this.clock.now());
    const installation = { on: daysAfter(on, 14), isPromised: true };
    const order = { number: '318', state: 'active', milestones: [], installation } as const;
    return this.#writer(
      { type: words.kind, on, order: { ...order, milestones: [] } },
      words,
    )(this.#page(HIDDEN));
  }

  /** As it is kept and shown to staff, without the way in. */
  kept({ email, write }: ReadyLetter): { to: string; subject: string; text: string; html: string } {
    return { to: email, ...write(this.#page(HIDDEN)) };
  }

  /** As it goes, with a link of its own. */
  async written({ counterpartyId, projectId }: CustomerLetter, { write }: ReadyLetter) {
    const { token } = await this.links.make({ projectId, counterpartyId, madeBy: null });
    const page = this.#page(token);
    return { ...write(page), unsubscribe: `${page}/stop` };
  }

  #page = (token: string) => `${this.config.baseUrl}/s/${token}`;

  /** What such a letter says of itself: who it is from. */
  senderIn(locale: Locale): string {
    return this.config.companyName ?? this.config.mailFrom.name ?? translate(locale, 'mail.from');
  }

  /** When the next letter to the customer of this order may go. */
  async hourFor({ projectId }: CustomerLetter, now: Date): Promise<Date> {
    const [project] = await this.projects.byIds([projectId]);
    return nextHour(now, project?.tz ?? this.config.tzDefault);
  }

  /** The letter has left: the order tells it. Once, however often it is told here. */
  async sent({ projectId, kind }: CustomerLetter, deliveryId: Id, at: Date): Promise<void> {
    await this.intake.tell({
      type: 'mail.sent',
      title: translate('ru', 'customer.event.sent', { kind: translate('ru', `type.${kind}`) }),
      importance: 'info',
      occurredAt: at,
      projectId,
      payload: { fields: { kind } },
      externalId: `letter:${deliveryId}`,
    });
  }

  /** The kinds of letters that a person has looked at and let go. */
  async released(): Promise<ReadonlySet<CustomerType>> {
    return new Set((await this.#settings.findOne({ _id: KINDS }))?.released ?? []);
  }

  async release(kinds: readonly CustomerType[]): Promise<void> {
    const known = kinds.filter((kind) => CUSTOMER_TYPES.includes(kind));
    if (known.length === 0) return;
    await this.#settings.updateOne(
      { _id: KINDS },
      { $addToSet: { released: { $each: known } } },
      { upsert: true },
    );
  }
}

/** `now`, or the morning after it where it is night. */
export function nextHour(now: Date, zone: string): Date {
  const { hour } = DateTime.fromJSDate(now, { zone });
  if (hour >= HOURS.from && hour < HOURS.to) return now;
  const today = dayIn(zone, now);
  const day = hour < HOURS.from ? today : daysAfter(today, 1);
  return instantOfWall(`${day}T${String(HOURS.from).padStart(2, '0')}:00:00`, zone);
}

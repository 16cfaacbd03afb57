import type { Locale } from '@svodka/shared/contracts/common';
import type { Importance } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { type EventType, isMachineType } from '@svodka/shared/contracts/modules';
import type { Notice, NoticeReason } from '@svodka/shared/contracts/notice';
import type { MessageKey } from '@svodka/shared/messages/catalogue';
import { type MessageParams, translate } from '@svodka/shared/messages/catalogue';
import { isolated } from '@svodka/shared/messages/isolate';
import { awaitedIn, beginAlike, titleIn } from '@svodka/shared/messages/machine-title';
import { shortZone } from '@svodka/shared/messages/zone-name';
import { type LetterItem, renderLetter } from '../platform/mailer/letter-page.ts';
import { oneLine } from '../platform/mailer/mailer.ts';

/**
 * All that a letter says. No body, payload or comment text: what is in the mail server's hands stays small. Only how a
 * customer who asks wants to be reached.
 */
export type LetterFacts = {
  locale: Locale;
  noticeId: Id;
  reason: NoticeReason;
  awaits?: readonly EventType[] | undefined;
  role: Notice['role'];
  event: {
    _id: Id;
    type: EventType;
    title: string;
    payload?: Readonly<Record<string, unknown>>;
    importance: Importance;
    occurredAt: Date;
    dueAt: Date | null;
    dueAllDay: boolean;
    dueZone: string | null;
  };
  project: { number: string; objectAddress: string; tz: string } | null;
  counterparties: string[];
  /** Zone for an event that has none of its own. */
  zone: string;
  /** What day it is for the reader when the letter is written, `2026-11-29`. */
  today: string;
  baseUrl: string;
};

export type WrittenLetter = {
  subject: string;
  text: string;
  html: string;
  /** What stands below the subject where there is room for a line or two. */
  brief: string;
};

/** Of more than so many a letter names the first and counts the others. */
const MOST_ITEMS = 40;

/** To make one takes longer than all the rest of a letter. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: Locale, timeZone: string, isDay: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${isDay}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, {
      timeZone,
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      ...(isDay ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    });
    formats.set(key, format);
  }
  return format;
}

/** `24 ноября 2026 г. в 18:00 МСК`; a whole day without the hour. */
function formatMoment(at: Date, locale: Locale, timeZone: string, isDay = false): string {
  const time = formatOf(locale, timeZone, isDay).format(at);
  return isDay ? time : `${time} ${shortZone(at, timeZone, locale)}`;
}

type Told = { subject: string; item: LetterItem };

/** One notice, in the language of its reader. Times stand in the zone of the project. */
function tell({ locale, reason, awaits = [], event, ...facts }: LetterFacts): Told {
  const { project, counterparties, zone, today, baseUrl } = facts;
  const say = (key: MessageKey, params?: MessageParams) => translate(locale, key, params);
  const title = isolated(oneLine(titleIn(locale, event, today)));
  const what =
    reason === 'occurred'
      ? say(`type.${event.type}`)
      : (awaitedIn(locale, awaits) ?? say(`mail.what.${reason}`));
  // A form suggests the type's own name as the beginning of the title, and a note has no better name than its words:
  // neither need be said twice; a machine says all of it in its title.
  const isNamed = beginAlike(title, what);
  const isPlain =
    isNamed || (reason === 'occurred' && (event.type === 'note.free' || isMachineType(event.type)));
  const news = isPlain ? title : say('mail.subject', { what, title });
  const subject = subjectOf(news, isNamed || !isPlain || isMachineType(event.type));

  /** «№ 348: предоплата внесена — 100 000 ₽, Логинова Е. Н.»; our own words go on in small letters. */
  function subjectOf(words: string, isOurs: boolean): string {
    const ours = isOurs ? words.charAt(0).toLocaleLowerCase(locale) + words.slice(1) : words;
    const about = project
      ? say('mail.subject.project', { project: oneLine(project.number), news: ours })
      : words;
    const [name] = counterparties;
    // «Пропущенный звонок: Зимин Л. М.» has named them.
    return name && !about.includes(name)
      ? say('mail.subject.customer', { subject: about, name: oneLine(name) })
      : about;
  }

  const projectZone = project?.tz ?? zone;
  const lines: [label: string, value: string][] = [];
  if (project) {
    const { number, objectAddress: address } = project;
    const value = address
      ? say('mail.project.address', { number, address })
      : say('mail.project.value', { number });
    lines.push([say('mail.project'), value]);
  }
  if (counterparties.length > 0)
    lines.push([say('mail.counterparty'), counterparties.map(isolated).join(', ')]);
  // Whoever is to answer may be where there is a telephone and no desk.
  const { contact } = event.payload ?? {};
  if (event.type === 'customer.request' && typeof contact === 'string')
    lines.push([say('payload.contact'), contact]);
  if (event.dueAt) {
    const date = formatMoment(event.dueAt, locale, event.dueZone ?? projectZone, event.dueAllDay);
    lines.push([say('mail.due'), event.dueAllDay ? say('mail.due.day', { date }) : date]);
  }
  lines.push([say('mail.occurred'), formatMoment(event.occurredAt, locale, projectZone)]);
  lines.push([say('mail.importance'), say(`importance.${event.importance}`)]);

  return {
    subject,
    item: {
      what: isPlain ? null : what,
      title,
      rows: lines.map(([label, value]) => [label, oneLine(value)] as const),
      link: { label: say('mail.open'), url: `${baseUrl}/events/${event._id}` },
    },
  };
}

/** Writes the letter of some notices to one reader, oldest first. */
export function writeLetter(facts: LetterFacts, ...others: LetterFacts[]): WrittenLetter {
  const { locale } = facts;
  const say = (key: MessageKey, params?: MessageParams) => translate(locale, key, params);
  const told = [facts, ...others].map(tell);
  const whys = [...new Set([facts, ...others].map(({ role }) => say(`mail.why.${role}`)))];
  const settings = { label: say('mail.settings'), url: `${facts.baseUrl}/settings` };
  const foot = [settings, say('mail.auto')];
  const [first] = told as [Told];
  if (others.length === 0) {
    const { subject, item } = first;
    const why = `${facts.baseUrl}/inbox?notice=${facts.noticeId}&event=${facts.event._id}`;
    const change = { label: say('mail.why.change'), url: why };
    const letter = renderLetter({
      locale,
      subject,
      heading: null,
      items: [item],
      foot: [...whys, change, ...foot],
    });
    return {
      ...letter,
      brief: item.rows
        .slice(0, 2)
        .map(([, value]) => value)
        .join(' · '),
    };
  }
  const numbers = [...new Set([facts, ...others].flatMap(({ project }) => project?.number ?? []))];
  const orders = numbers.slice(0, 3).map((number) => say('mail.project.value', { number: oneLine(number) }));
  const count = told.length;
  const subject =
    numbers.length === 0
      ? say('mail.digest', { count })
      : say(numbers.length > 3 ? 'mail.digest.more' : 'mail.digest.orders', {
          count,
          orders: orders.join(', '),
        });
  const rest = count - MOST_ITEMS;
  const letter = renderLetter({
    locale,
    subject,
    heading: say('mail.digest', { count }),
    items: told.slice(0, MOST_ITEMS).map(({ item }) => item),
    foot: [
      ...(rest > 0
        ? [{ label: say('mail.digest.rest', { count: rest }), url: `${facts.baseUrl}/inbox` }]
        : []),
      ...whys,
      ...foot,
    ],
  });
  return {
    ...letter,
    brief: told
      .slice(0, 3)
      .map((one) => one.item.title)
      .join(' · '),
  };
}

/** A letter to try the way. */
export function writeTrial(locale: Locale, baseUrl: string): WrittenLetter {
  const subject = translate(locale, 'mail.trial');
  const brief = translate(locale, 'mail.trial.text');
  const link = { label: translate(locale, 'mail.trial.open'), url: `${baseUrl}/mail` };
  const item = { what: null, title: subject, rows: [], link };
  const foot = [brief, translate(locale, 'mail.auto')];
  return { ...renderLetter({ locale, subject, heading: null, items: [item], foot }), brief };
}

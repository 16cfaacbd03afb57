import type { Locale } from '@svodka/shared/contracts/common';
import type { Importance } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Notice, NoticeReason } from '@svodka/shared/contracts/notice';
import type { MessageKey } from '@svodka/shared/messages/catalogue';
import { type MessageParams, translate } from '@svodka/shared/messages/catalogue';
import { isolated } from '@svodka/shared/messages/isolate';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { shortZone } from '@svodka/shared/messages/zone-name';
import { escapeHtml } from '../platform/http/escape-html.ts';
import { oneLine } from '../platform/mailer/mailer.ts';

/** All that a letter says. No body, payload or comment text: what is in the mail server's hands stays small. */
export type LetterFacts = {
  locale: Locale;
  reason: NoticeReason;
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
  baseUrl: string;
};

export type WrittenLetter = { subject: string; text: string; html: string };

/** By which a title and the name of a type are told to begin alike: «предоплата». */
const firstWord = (text: string): string => /^\p{L}*/u.exec(text.toLowerCase())?.[0] || text;

/** `24 ноября 2026 г. в 18:00 МСК`; a whole day without the hour. */
function formatMoment(at: Date, locale: Locale, timeZone: string, isDay = false): string {
  const time = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...(isDay ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  }).format(at);
  return isDay ? time : `${time} ${shortZone(at, timeZone, locale)}`;
}

/** Writes the letter of one notice in the language of its reader. Times stand in the zone of the project. */
export function writeLetter({
  locale,
  reason,
  role,
  event,
  project,
  counterparties,
  zone,
  baseUrl,
}: LetterFacts): WrittenLetter {
  const say = (key: MessageKey, params?: MessageParams) => translate(locale, key, params);
  const title = isolated(oneLine(titleIn(locale, event)));
  const what = reason === 'occurred' ? say(`type.${event.type}`) : say(`mail.what.${reason}`);
  // A form suggests the type's own name as the beginning of the title, and a note has no better name than its words:
  // neither need be said twice.
  const isNamed = firstWord(title) === firstWord(what);
  const isPlain = isNamed || (reason === 'occurred' && event.type === 'note.free');
  const news = isPlain ? title : say('mail.subject', { what, title });
  const subject = subjectOf(news, isNamed || !isPlain);

  /** «№ 348: предоплата внесена — 100 000 ₽, Логинова Е. Н.»; our own words go on in small letters. */
  function subjectOf(words: string, isOurs: boolean): string {
    const ours = isOurs ? words.charAt(0).toLocaleLowerCase(locale) + words.slice(1) : words;
    const about = project
      ? say('mail.subject.project', { project: oneLine(project.number), news: ours })
      : words;
    const name = counterparties[0];
    return name ? say('mail.subject.customer', { subject: about, name: oneLine(name) }) : about;
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
  if (event.dueAt) {
    const date = formatMoment(event.dueAt, locale, event.dueZone ?? projectZone, event.dueAllDay);
    lines.push([say('mail.due'), event.dueAllDay ? say('mail.due.day', { date }) : date]);
  }
  lines.push([say('mail.occurred'), formatMoment(event.occurredAt, locale, projectZone)]);
  lines.push([say('mail.importance'), say(`importance.${event.importance}`)]);

  const link = `${baseUrl}/events/${event._id}`;
  const why = say(`mail.why.${role}`);
  const auto = say('mail.auto');
  const rows = lines.map(([label, value]) => [label, oneLine(value)] as const);

  const text = [
    ...(isPlain ? [] : [what]),
    title,
    '',
    ...rows.map(([label, value]) => say('mail.line', { label, value })),
    '',
    say('mail.line', { label: say('mail.open'), value: link }),
    '',
    '-- ',
    why,
    auto,
  ].join('\n');
  const html = [
    `<!doctype html><html lang="${locale}"><meta charset="utf-8">`,
    '<body style="margin:24px;font:15px/1.5 system-ui,sans-serif;color:#1c2430">',
    isPlain ? '' : `<p style="margin:0;color:#5b6675">${escapeHtml(what)}</p>`,
    `<h1 style="margin:4px 0 16px;font-size:19px">${escapeHtml(title)}</h1>`,
    '<table style="border-collapse:collapse">',
    ...rows.map(
      ([label, value]) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#5b6675">${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`,
    ),
    '</table>',
    `<p style="margin:20px 0"><a href="${escapeHtml(link)}">${escapeHtml(say('mail.open'))}</a></p>`,
    `<p style="color:#5b6675;font-size:13px">${escapeHtml(why)}<br>${escapeHtml(auto)}</p>`,
    '</body></html>',
  ].join('\n');
  return { subject, text, html };
}

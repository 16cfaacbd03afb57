// A dossier as a page: to read, to print, and to be handed over with its files. Nothing in it acts: no script, no address
// of another place.
import { createHash } from 'node:crypto';
import type { Locale } from '@svodka/shared/contracts/common';
import type { Attachment } from '@svodka/shared/contracts/file';
import { titleIn, whatIn } from '@svodka/shared/messages/machine-title';
import { wordAnew } from '@svodka/shared/messages/said-anew';
import { happenedAt } from '@svodka/shared/rules/orders/facts';
import { PAID_BY, REFUNDED_BY } from '@svodka/shared/rules/orders/fills';
import { DAY_NAMING_TYPES } from '@svodka/shared/rules/orders/work';
import { keeperOf, promiseFate } from '@svodka/shared/rules/promises';
import type { EventDoc } from '../events/event.schema.ts';
import { escapeHtml as text } from '../platform/http/escape-html.ts';
import { markupHtml } from '../platform/http/markup-html.ts';
import type { Dossier, Entry } from './dossier.service.ts';
import type { DossierWords, Line } from './dossier-words.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2330;--dim:#566173;--line:#d9dee6;--late:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--dim:#a3adbb;--line:#333c49;--late:#ff8a80}}
body{margin:0 auto;max-width:860px;padding:24px 20px 60px;color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 8px;break-after:avoid}h3{font-size:15px;margin:22px 0 6px;break-after:avoid}
p{margin:4px 0}.dim{color:var(--dim)}.late{color:var(--late)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:500;color:var(--dim)}.num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
article{padding:10px 0;border-top:1px solid var(--line);break-inside:avoid;overflow-wrap:anywhere}
article h4{margin:0;font-size:15px}article p{margin:2px 0;white-space:pre-wrap}
.talk{margin:6px 0 0 14px;padding-left:10px;border-left:3px solid var(--line)}
.talk :is(ul,ol){margin:2px 0;padding-left:22px}.talk blockquote{margin:2px 0;padding-left:8px;border-left:2px solid var(--line);color:var(--dim)}
.talk pre{margin:2px 0;white-space:pre-wrap}
img{display:block;max-width:100%;max-height:420px;margin:6px 0}
a{color:inherit}
@media print{body{max-width:none;padding:0;font-size:12px}a{text-decoration:none}}
`;

/** Nothing but this style may act on the page. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where the bytes of a file are, as the page is kept; null: it did not come along. */
export type HrefOf = (file: Attachment) => string | null;

const table = (heads: string[], rows: string[][], numeric: number[] = []): string => {
  const cell = (tag: 'th' | 'td') => (html: string, i: number) =>
    `<${tag}${numeric.includes(i) ? ' class="num"' : ''}${tag === 'th' ? ' scope="col"' : ''}>${html}</${tag}>`;
  const head = heads.map((each) => text(each)).map(cell('th'));
  const body = rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
};
const section = (title: string, html: string): string => (html ? `<h2>${text(title)}</h2>\n${html}\n` : '');

/** The page, piece by piece. */
export async function* dossierPage(
  dossier: Dossier,
  words: DossierWords,
  hrefOf: HrefOf,
): AsyncGenerator<string> {
  const { say } = words;
  const { title, lines, period, madeAt, by, events, leftOut, isWhole, files } = dossier;
  const dates = { from: words.day(period.from), to: words.day(period.to) };
  const notes = [
    say('dossier.made', { at: words.moment(madeAt), by, zone: words.zone }),
    ...(leftOut > 0 ? [say('dossier.leftOut', { count: leftOut })] : []),
    ...(isWhole ? [] : [say('dossier.cut', { count: events.length })]),
  ];
  yield `<!doctype html>
<html lang="${words.locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(say('dossier.title', { title }))}</title>
<style>${STYLE}</style>
<h1>${text(title)}</h1>
${lines.map((line) => `<p>${text(line)}</p>`).join('\n')}
<p class="dim">${text(say('dossier.period', dates))}</p>
${notes.map((note) => `<p class="dim">${text(note)}</p>`).join('\n')}
`;
  yield section(say('dossier.money'), moneyOf(events, words));
  yield section(say('dossier.dates'), datesOf(dossier, words));
  yield section(say('dossier.promises'), promisesOf(dossier, words));
  if (files.length > 0)
    yield section(say('dossier.files'), files.map((file) => fileLine(file, words, hrefOf)).join('\n'));
  yield `<h2>${text(say('dossier.events', { count: events.length }))}</h2>\n`;
  if (events.length === 0) yield `<p>${text(say('dossier.none'))}</p>\n`;
  let day = '';
  for await (const entry of dossier.entries()) {
    const on = words.moment(entry.event.occurredAt).slice(0, 10);
    if (on !== day) yield `<h3>${text(on)}</h3>\n`;
    day = on;
    yield article(entry, dossier, words, hrefOf);
  }
  yield '</html>\n';
}

const namesOf = ({ refs }: Dossier): Entry['nameOf'] => {
  const names = new Map(refs.users.map(({ id, name }) => [id, name]));
  return (id) => (id ? (names.get(id) ?? '') : '');
};
const authorOf = (locale: Locale, nameOf: Entry['nameOf'], { author }: EventDoc): string =>
  author.userId ? nameOf(author.userId) : wordAnew(locale, 'by', author.name);

function moneyOf(events: readonly EventDoc[], words: DossierWords): string {
  let sum = 0;
  const rows = events.flatMap((event) => {
    const isBack = REFUNDED_BY.includes(event.type);
    const { amountKop } = event.payload;
    if (!(isBack || PAID_BY.includes(event.type)) || typeof amountKop !== 'number') return [];
    // What is only expected has not been paid.
    const at = happenedAt(event);
    if (!at) return [];
    const signed = isBack ? -amountKop : amountKop;
    sum += signed;
    return [[text(words.moment(at)), text(whatIn(words.locale, event)), text(words.sum(signed))]];
  });
  if (rows.length === 0) return '';
  const total = ['', text(words.say('dossier.total')), text(words.sum(sum))];
  return table(
    [words.say('dossier.when'), words.say('dossier.what'), words.say('dossier.sum')],
    [...rows, total],
    [2],
  );
}

/** Which days were named, by whom, and why they were moved. */
function datesOf(dossier: Dossier, words: DossierWords): string {
  const { say } = words;
  const nameOf = namesOf(dossier);
  const rows = dossier.events.flatMap((event) => {
    const { startOn, finishOn, reason } = event.payload;
    if (!DAY_NAMING_TYPES.includes(event.type) && event.type !== 'measure.scheduled') return [];
    if (typeof startOn !== 'string') return [];
    const days =
      typeof finishOn === 'string' && finishOn !== startOn
        ? `${words.day(startOn)} – ${words.day(finishOn)}`
        : words.day(startOn);
    return [
      [
        words.moment(event.occurredAt),
        say(`type.${event.type}`),
        days,
        typeof reason === 'string' ? reason : '',
        authorOf(words.locale, nameOf, event),
      ].map(text),
    ];
  });
  const heads = [
    say('dossier.when'),
    say('dossier.what'),
    say('dossier.day'),
    say('payload.reason'),
    say('event.author'),
  ];
  return rows.length > 0 ? table(heads, rows) : '';
}

/** What was promised to the customer, and what became of it. */
function promisesOf(dossier: Dossier, words: DossierWords): string {
  const { say } = words;
  const nameOf = namesOf(dossier);
  const rows = dossier.events
    .filter(({ type }) => type === 'call.promise')
    .map((event) => {
      const { dueAt, resolved, status, payload } = event;
      const at = status === 'resolved' ? (resolved?.at ?? null) : null;
      const fate = promiseFate({ dueAt, resolved: at && { at } }, dossier.madeAt);
      const isLate = fate === 'broken';
      const state = isLate && at ? 'late' : fate;
      const what = typeof payload.promise === 'string' ? payload.promise : titleIn(words.locale, event);
      return [
        text(words.moment(event.occurredAt)),
        text(what),
        text(words.due(event)),
        `<span${isLate ? ' class="late"' : ''}>${text(say(`dossier.promise.${state}`, { at: at ? words.moment(at) : '' }))}</span>`,
        text(nameOf(keeperOf(event)) || authorOf(words.locale, nameOf, event)),
      ];
    });
  const heads = [
    say('dossier.when'),
    say('dossier.what'),
    say('event.due'),
    say('dossier.became'),
    say('payload.keeper'),
  ];
  return rows.length > 0 ? table(heads, rows) : '';
}

function article(
  { event, comments, revisions, nameOf, called }: Entry,
  dossier: Dossier,
  words: DossierWords,
  hrefOf: HrefOf,
): string {
  const { say, locale } = words;
  const due = words.due(event);
  const project =
    event.projectId !== dossier.subject.id && dossier.refs.projects.find(({ id }) => id === event.projectId);
  const about: Line[] = [
    ...(project ? [{ label: say('event.project'), value: `№ ${project.number}` }] : []),
    ...words.details(event),
    ...(due ? [{ label: say('event.due'), value: due }] : []),
    ...(event.importance === 'high' || event.importance === 'critical'
      ? [{ label: say('event.importance'), value: say(`importance.${event.importance}`) }]
      : []),
    ...(event.resolved
      ? [
          {
            label: say('event.resolved'),
            value: [words.moment(event.resolved.at), nameOf(event.resolved.by)].filter(Boolean).join(', '),
          },
        ]
      : []),
  ];
  const kind = [
    words.moment(event.occurredAt),
    say(`type.${event.type}`),
    authorOf(locale, nameOf, event),
  ].filter(Boolean);
  const edits = revisions.flatMap((revision) => {
    const changed = words
      .changes(revision, event.type, called)
      .map(({ label, value }) => `${label}: ${value}`);
    if (changed.length === 0) return [];
    const why = revision.reason ? `${say('payload.reason')}: ${revision.reason}` : '';
    const who = nameOf(revision.by);
    return [
      `<p class="dim">${text([say('dossier.edited', { at: words.moment(revision.at) }), who, ...changed, why].filter(Boolean).join(' · '))}</p>`,
    ];
  });
  const talk = comments.map(
    (comment) =>
      `<div class="talk"><p class="dim">${text([words.moment(comment.createdAt), nameOf(comment.authorId)].filter(Boolean).join(' · '))}</p>${markupHtml(comment.body)}${(comment.attachments ?? []).map((file) => fileLine(file, words, hrefOf)).join('')}</div>`,
  );
  return [
    `<article><p class="dim">${text(kind.join(' · '))}</p>`,
    `<h4>${text(titleIn(locale, event))}</h4>`,
    ...(event.body ? [`<p>${text(event.body)}</p>`] : []),
    ...about.map(({ label, value }) => `<p><span class="dim">${text(label)}:</span> ${text(value)}</p>`),
    ...(event.attachments ?? []).map((file) => fileLine(file, words, hrefOf)),
    ...edits,
    ...talk,
    '</article>\n',
  ].join('\n');
}

function fileLine(file: Attachment, words: DossierWords, hrefOf: HrefOf): string {
  const href = hrefOf(file);
  const size = words.say('dossier.file', {
    name: file.name,
    size: words.number(Math.ceil(file.size / 1024)),
  });
  if (href === null) return `<p class="dim">${text(size)} · ${text(words.say('dossier.file.without'))}</p>`;
  const picture = file.picture ? `<img src="${text(href)}" alt="${text(file.name)}" loading="lazy">` : '';
  return `<p><a href="${text(href)}">${text(size)}</a></p>${picture}`;
}

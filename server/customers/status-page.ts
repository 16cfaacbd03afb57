import { createHash } from 'node:crypto';
import type { Locale } from '@svodka/shared/contracts/common';
import type { PublicDocument, PublicMilestone, PublicOrder } from '@svodka/shared/contracts/customer';
import { type MessageKey, type MessageParams, translate } from '@svodka/shared/messages/catalogue';
import { escapeHtml as text } from '../platform/http/escape-html.ts';
import { markupHtml } from '../platform/http/markup-html.ts';
import { dayWords } from './customer-letter.ts';

// The pages that customers see: one answer each, without a script, a font or a picture, for an old phone on a bad line.

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2330;--dim:#566173;--line:#d9dee6;--bg:#f5f6f8;--box:#fff;--ok:#1a7f4b;--now:#1f5fbf}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--dim:#a3adbb;--line:#333c49;--bg:#12171e;--box:#1a212b;--ok:#5fcf95;--now:#86b4ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:640px;margin:0 auto;padding:20px 16px 40px}
.top{display:flex;justify-content:space-between;gap:16px;color:var(--dim);font-size:15px}
h1{font-size:26px;line-height:1.25;margin:8px 0 4px;overflow-wrap:anywhere}
h2{font-size:18px;margin:28px 0 10px}
.lead{font-size:19px;margin:6px 0 0}
section{background:var(--box);border:1px solid var(--line);border-radius:12px;padding:4px 18px 18px;margin-top:18px}
section h2{margin-top:14px}
ol,ul{list-style:none;margin:0;padding:0}
ol li{display:grid;grid-template-columns:26px 1fr auto;gap:2px 8px;padding:9px 0;border-top:1px solid var(--line)}
ol li:first-child{border-top:0}
.mark{color:var(--dim);font-weight:700}
.done .mark{color:var(--ok)}
.next .mark,.next .name{color:var(--now)}
.next .name{font-weight:600}
.later .name{color:var(--dim)}
.day{color:var(--dim);font-size:15px;text-align:right}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
a{color:var(--now)}
ul a{display:inline-block;padding:8px 0;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:12px 0 4px}
textarea,input{width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--dim);border-radius:8px;padding:10px}
textarea{min-height:110px;resize:vertical}
.trap{position:absolute;left:-9999px}
button{font:inherit;font-weight:600;margin-top:14px;padding:11px 22px;border:0;border-radius:8px;background:var(--now);color:var(--box);cursor:pointer}
:focus-visible{outline:3px solid var(--now);outline-offset:2px}
.said{border-left:4px solid var(--ok);padding:8px 12px;margin:12px 0 0}
.words{white-space:pre-line;overflow-wrap:anywhere;margin:12px 0 0}.words *{margin:0}
.words :is(ul,ol){list-style:revert;padding-left:24px}.words li{display:list-item;border:0;padding:0}.words blockquote{padding-left:10px;border-left:3px solid var(--line)}
.wrong{border-color:#c0392b}
#most{margin:2px 0 0}
.hint,footer{color:var(--dim);font-size:15px}
footer{margin-top:24px}
@media print{body{background:#fff}main{padding:0}section{border:0;padding:0}.ask,.off{display:none}}
`;

/** Nothing but this style may act on a page of these. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The other language by its own name. */
const OTHER: Record<Locale, string> = { ru: 'English', en: 'Русский' };

/** A question is no longer. */
export const QUESTION_MOST = 2000;

export type PageWords = { locale: Locale; company: string | null };

function page({ locale, company }: PageWords, title: string, body: string, aside = ''): string {
  const head = company ? `${title} · ${company}` : title;
  return `<!doctype html>
<html lang="${locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${text(head)}</title>
<style>${STYLE}</style>
<main>
<div class="top"><span>${text(company ?? '')}</span>${aside}</div>
<h1>${text(title)}</h1>
${body}
</main>
</html>
`;
}

/** What the form came to. */
export type Asked = 'thanks' | 'tooOften' | 'empty' | null;

/** What was typed and not taken. */
export type Typed = { question: string; contact: string };

export type StatusPage = PageWords & {
  /** Such as `/s/…`. */
  path: string;
  order: PublicOrder;
  documents: readonly PublicDocument[];
  /** What was written to them, each with its moment in words. */
  said: readonly { at: string; text: string }[];
  /** The moment that it shows, in words. */
  at: string;
  asked: Asked;
  typed: Typed;
  /** Whether there are letters that may be stopped. */
  hasLetters: boolean;
};

export function statusPage(shown: StatusPage): string {
  const { locale, path, order, documents, said, asked, typed, hasLetters } = shown;
  const say = (key: MessageKey, params?: MessageParams) => text(translate(locale, key, params));
  const other = locale === 'ru' ? 'en' : 'ru';
  const title = translate(locale, 'customer.page.title', { number: order.number });
  const parts = [
    lead(order, locale),
    order.milestones.length > 0 ? `<section><h2>${say('customer.page.steps')}</h2><ol>` : '',
    ...order.milestones.map((each) => step(each, locale)),
    order.milestones.length > 0 ? '</ol></section>' : '',
    said.length > 0 ? `<section><h2>${say('customer.page.words')}</h2>` : '',
    ...said.map(
      ({ at, text: words }) => `<div class="words">${markupHtml(words)}<p class="hint">${text(at)}</p></div>`,
    ),
    said.length > 0 ? '</section>' : '',
    documents.length > 0 ? `<section><h2>${say('customer.page.documents')}</h2><ul>` : '',
    ...documents.map(
      ({ id, name, size }) =>
        `<li><a href="${path}/f/${id}">${text(name)}</a> <span class="hint">${text(bytes(size, locale))}</span></li>`,
    ),
    documents.length > 0 ? '</ul></section>' : '',
    `<section class="ask" id="ask"><h2>${say('customer.page.ask')}</h2>`,
    // Beside the form, to which the page has jumped.
    asked === 'thanks' ? `<p class="said" role="status">${say('customer.page.thanks')}</p>` : '',
    asked === 'tooOften' || asked === 'empty'
      ? `<p class="said wrong" role="alert">${say(`customer.page.${asked}`)}</p>`
      : '',
    `<form method="post" action="${path}?lang=${locale}#ask">`,
    `<label for="question">${say('customer.page.question')}</label>`,
    `<textarea id="question" name="question" required maxlength="${QUESTION_MOST}" aria-describedby="most">${text(typed.question)}</textarea>`,
    `<p class="hint" id="most">${say('customer.page.question.most', { most: QUESTION_MOST })}</p>`,
    `<label for="contact">${say('customer.page.contact')}</label>`,
    `<input id="contact" name="contact" maxlength="200" autocomplete="tel" value="${text(typed.contact)}">`,
    // People do not see this field; what fills in every field of a form does.
    `<div class="trap" aria-hidden="true"><label for="website">${say('customer.page.website')}</label>`,
    '<input id="website" name="website" tabindex="-1" autocomplete="off"></div>',
    `<button>${say('customer.page.send')}</button> <p class="hint">${say('customer.page.ask.hint')}</p></form></section>`,
    `<footer>${say('customer.page.asOf', { at: shown.at })}`,
    hasLetters
      ? `<br><a class="off" href="${path}/stop?lang=${locale}">${say('customer.page.stop')}</a>`
      : '',
    '</footer>',
  ];
  const language = `<a class="off" lang="${other}" href="${path}?lang=${other}">${OTHER[locale]}</a>`;
  return page(shown, title, parts.filter(Boolean).join('\n'), language);
}

/** What matters most, in one line. */
function lead({ state, installation }: PublicOrder, locale: Locale): string {
  const line = (key: MessageKey, params?: MessageParams) =>
    `<p class="lead">${text(translate(locale, key, params))}</p>`;
  if (state === 'cancelled') return line('customer.page.cancelled');
  if (state === 'paused') return line('customer.page.paused');
  if (state === 'done') return line('customer.page.finished');
  if (!installation) return '';
  if (installation.on === null)
    return line('customer.page.installation', { day: translate(locale, 'customer.page.unsettled') });
  const key = installation.isPromised ? 'customer.page.installation' : 'customer.page.about';
  return line(key, { day: dayWords(installation.on, locale) });
}

const MARKS = { done: '✓', next: '→', later: '○' } as const;

function step({ code, state, on, isPromised }: PublicMilestone, locale: Locale): string {
  const say = (key: MessageKey, params?: MessageParams) => text(translate(locale, key, params));
  const day = on && dayWords(on, locale, true);
  const when = day && (state === 'done' || isPromised ? text(day) : say('customer.page.planned', { day }));
  return [
    `<li class="${state}"${state === 'next' ? ' aria-current="step"' : ''}>`,
    `<span class="mark" aria-hidden="true">${MARKS[state]}</span>`,
    `<span class="name">${say(`milestone.${code}`)}<span class="sr">, ${say(`customer.page.state.${state}`)}</span></span>`,
    `<span class="day">${when || ''}</span></li>`,
  ].join('');
}

function bytes(size: number, locale: Locale): string {
  const isSmall = size < 1_000_000;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: isSmall ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: isSmall ? 0 : 1,
  }).format(Math.max(isSmall ? 1 : 0.1, size / (isSmall ? 1e3 : 1e6)));
}

/** Asks whether letters are to stop; a press, never the mere opening, stops them. */
export function stopPage(words: PageWords & { path: string; isDone: boolean }): string {
  const { locale, path, isDone } = words;
  const say = (key: MessageKey) => text(translate(locale, key));
  const body = isDone
    ? `<p class="said" role="status">${say('customer.stop.done')}</p>`
    : `<p class="lead">${say('customer.stop.ask')}</p><form method="post" action="${path}/stop?lang=${locale}"><button>${say('customer.stop.do')}</button></form>`;
  return page(words, translate(locale, 'customer.stop.title'), body);
}

/** Why there is nothing: `gone` is one and the same for links that are unknown, over, or closed. */
export function nothingPage(words: PageWords, why: 'gone' | 'busy' | 'away', typed: Typed): string {
  const say = (key: MessageKey) => translate(words.locale, key);
  const kept = typed.question.trim()
    ? [
        `<section><h2>${text(say('customer.unsent.title'))}</h2>`,
        `<label for="kept">${text(say('customer.unsent.text'))}</label>`,
        `<textarea id="kept" readonly>${text([typed.question, typed.contact].filter(Boolean).join('\n\n'))}</textarea></section>`,
      ]
    : [];
  return page(
    words,
    say(`customer.${why}.title`),
    [`<p class="lead">${text(say(`customer.${why}.text`))}</p>`, ...kept].join('\n'),
  );
}

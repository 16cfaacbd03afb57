// What a letter looks like. One description of its parts gives both forms of it, so that they say the same.
import type { Locale } from '@svodka/shared/contracts/common';
import { escapeHtml } from '../http/escape-html.ts';

type Link = { label: string; url: string };

/** One thing that a letter tells of. */
export type LetterItem = {
  /** What kind of news it is, above the title; null where the title says it. */
  what: string | null;
  title: string;
  /** What is said of it in sentences: paragraphs stand apart by an empty line. */
  words?: string;
  rows: readonly (readonly [label: string, value: string])[];
  link: Link | null;
};

export type LetterPage = {
  locale: Locale;
  subject: string;
  /** Above the items; a letter about one thing has none. */
  heading: string | null;
  items: readonly LetterItem[];
  /** Below the items, a line each: what else there is, why it came. */
  foot: readonly (string | Link)[];
};

const linkText = ({ label, url }: Link): string => `${label}: ${url}`;

function itemText({ what, title, words, rows, link }: LetterItem): string[] {
  return [
    ...(what === null ? [] : [what]),
    title,
    '',
    ...(words ? [words] : []),
    ...rows.map(([label, value]) => `${label}: ${value}`),
    ...(link ? ['', linkText(link)] : []),
  ];
}

function textOf({ heading, items, foot }: LetterPage): string {
  const parts = items.map((item) => itemText(item).join('\n'));
  const below = foot.map((line) => (typeof line === 'string' ? line : linkText(line)));
  return [...(heading === null ? [] : [heading, '']), parts.join('\n\n* * *\n\n'), '', '-- ', ...below].join(
    '\n',
  );
}

// Mail programs keep colours that stand at the element and often nothing else, so each has its light ones there; those
// that know of dark ones read the sheet, whose words are stronger. Nothing is loaded from anywhere.
const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#14181f!important;color:#e6eaf0!important}
.card{background:#1c222b!important;border-color:#323b48!important}
.dim{color:#9aa6b5!important}
.link{background:#4cc2b8!important;color:#06201e!important}
}
@media (max-width:480px){.page{padding:12px!important}.card{padding:16px!important}}`;
const DIM = 'color:#5b6675';
const CARD =
  'margin:0 0 12px;padding:20px 24px;border:1px solid #dfe4ea;border-radius:10px;background:#ffffff';
const BUTTON =
  'display:inline-block;padding:9px 16px;border-radius:7px;background:#0b6e6e;color:#ffffff;text-decoration:none;font-weight:600';

const wordsHtml = (words: string): string[] =>
  words
    .split(/\n{2,}/)
    .map((part) => `<p style="margin:0 0 10px">${part.split('\n').map(escapeHtml).join('<br>')}</p>`);

function itemHtml({ what, title, words, rows, link }: LetterItem): string {
  const row = ([label, value]: readonly [string, string]) =>
    `<tr><td class="dim" style="padding:2px 16px 2px 0;vertical-align:top;white-space:nowrap;${DIM}">${escapeHtml(label)}</td>` +
    `<td style="padding:2px 0;overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`;
  return [
    `<div class="card" style="${CARD}">`,
    what === null ? '' : `<p class="dim" style="margin:0;${DIM}">${escapeHtml(what)}</p>`,
    `<h1 style="margin:2px 0 12px;font-size:19px;line-height:1.3;overflow-wrap:anywhere">${escapeHtml(title)}</h1>`,
    ...(words ? wordsHtml(words) : []),
    rows.length === 0
      ? ''
      : `<table role="presentation" style="border-collapse:collapse;color:inherit">${rows.map(row).join('\n')}</table>`,
    link
      ? `<p style="margin:18px 0 0"><a class="link" href="${escapeHtml(link.url)}" style="${BUTTON}">${escapeHtml(link.label)}</a></p>`
      : '',
    '</div>',
  ]
    .filter(Boolean)
    .join('\n');
}

const footHtml = (line: string | Link): string =>
  typeof line === 'string'
    ? escapeHtml(line)
    : `<a class="dim" href="${escapeHtml(line.url)}" style="${DIM}">${escapeHtml(line.label)}</a>`;

function htmlOf({ locale, subject, heading, items, foot }: LetterPage): string {
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title><style>${SHEET}</style></head>`,
    '<body class="page" style="margin:0;padding:24px;background:#f3f5f8;color:#1c2430;font:15px/1.5 system-ui,-apple-system,\'Segoe UI\',Roboto,sans-serif">',
    '<div style="max-width:560px;margin:0 auto">',
    heading === null ? '' : `<h2 style="margin:0 0 14px;font-size:17px">${escapeHtml(heading)}</h2>`,
    ...items.map(itemHtml),
    `<p class="dim" style="margin:4px 0 0;font-size:13px;${DIM}">${foot.map(footHtml).join('<br>')}</p>`,
    '</div></body></html>',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Both forms of a letter. */
export const renderLetter = (page: LetterPage): { subject: string; text: string; html: string } => ({
  subject: page.subject,
  text: textOf(page),
  html: htmlOf(page),
});

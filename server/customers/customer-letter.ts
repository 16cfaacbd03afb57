import type { Locale } from '@svodka/shared/contracts/common';
import type { PublicNews } from '@svodka/shared/contracts/customer';
import { type MessageKey, type MessageParams, translate } from '@svodka/shared/messages/catalogue';
import { escapeHtml } from '../platform/http/escape-html.ts';
import { oneLine } from '../platform/mailer/mailer.ts';

/** `2026-12-05` as people read it: in a letter whole, beside others without what they have in common. */
export const dayWords = (day: string, locale: Locale, isBrief = false): string =>
  new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    ...(!isBrief && { weekday: 'short', year: 'numeric' }),
  }).format(new Date(`${day}T00:00:00Z`));

/** A letter to a customer: its words are ours, and what it fills in is public by its type. @param page where the order is shown */
export function writeCustomerLetter(
  { type, on, order }: PublicNews,
  { locale, page }: { locale: Locale; page: string },
): { subject: string; text: string; html: string } {
  const say = (key: MessageKey, params?: MessageParams) => translate(locale, key, params);
  const about = { number: oneLine(order.number), news: say(`customer.news.${type}`) };
  const rows = [say('customer.letter.day', { day: dayWords(on, locale) })];
  if (order.installation?.on && order.installation.on !== on) {
    const { on: day, isPromised } = order.installation;
    const key = isPromised ? 'customer.letter.installation' : 'customer.letter.about';
    rows.push(say(key, { day: dayWords(day, locale) }));
  }
  const news = say('customer.letter.news', about);
  const stop = `${page}/stop`;
  const text = [
    say('customer.letter.hello'),
    '',
    news,
    ...rows,
    '',
    say('customer.letter.page'),
    page,
    say('customer.letter.link'),
    '',
    '-- ',
    say('customer.letter.why'),
    `${say('customer.letter.stop')} ${stop}`,
  ].join('\n');
  const line = (words: string) => `<p style="margin:0 0 8px">${escapeHtml(words)}</p>`;
  const link = (to: string, words: string) => `<a href="${escapeHtml(to)}">${escapeHtml(words)}</a>`;
  const html = [
    `<!doctype html><html lang="${locale}"><meta charset="utf-8">`,
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    '<body style="margin:24px;max-width:560px;font:16px/1.5 system-ui,sans-serif">',
    line(say('customer.letter.hello')),
    `<h1 style="margin:16px 0;font-size:20px">${escapeHtml(news)}</h1>`,
    ...rows.map(line),
    `<p style="margin:20px 0">${link(page, say('customer.letter.open'))}</p>`,
    line(say('customer.letter.link')),
    `<p style="margin:24px 0 0;font-size:13px">${escapeHtml(say('customer.letter.why'))} ${link(stop, say('customer.letter.stopLink'))}</p>`,
    '</body></html>',
  ].join('\n');
  return { subject: say('customer.letter.subject', about), text, html };
}

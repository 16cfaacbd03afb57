import type { Locale } from '@svodka/shared/contracts/common';
import type {
  CustomerType,
  LetterField,
  LetterWords,
  PublicNews,
  PublicOrder,
} from '@svodka/shared/contracts/customer';
import { translate } from '@svodka/shared/messages/catalogue';
import { renderLetter } from '../platform/mailer/letter-page.ts';
import { oneLine } from '../platform/mailer/mailer.ts';
import { filled } from './letter-words.ts';

/** `2026-12-05` as people read it: in a letter whole, beside others without what they have in common. */
export const dayWords = (day: string, locale: Locale, isBrief = false): string =>
  new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    ...(!isBrief && { weekday: 'short', year: 'numeric' }),
  }).format(new Date(`${day}T00:00:00Z`));

/** News of the day of the installation itself: a letter of it names that day and no other. */
export const isInstallDay = (type: CustomerType): boolean =>
  type === 'install.confirmed' || type === 'work.rescheduled';

function installationOf({ installation }: PublicOrder, locale: Locale): string | null {
  if (!installation) return null;
  if (installation.on === null) return translate(locale, 'customer.page.unsettled');
  const day = dayWords(installation.on, locale);
  return installation.isPromised ? day : translate(locale, 'customer.page.planned', { day });
}

/** What can come in part, and of which step of the page. */
const IN_PARTS = {
  'payment.prepaid': 'prepay',
  'payment.final': 'payment',
  'shipment.out': 'ship',
  'install.done': 'install',
} as const;
const comesInParts = (type: CustomerType): type is keyof typeof IN_PARTS => type in IN_PARTS;

/** A part is told as a part (SPEC K10). */
function newsOf({ type, order: { milestones } }: PublicNews, locale: Locale): string {
  const isPart =
    comesInParts(type) && milestones.some(({ code, state }) => code === IN_PARTS[type] && state !== 'done');
  return translate(locale, isPart ? `customer.news.part.${type}` : `customer.news.${type}`);
}

/** All that the words of a letter can say: it is made of what is public and of nothing else (SPEC PB1). */
function valuesOf(
  news: PublicNews,
  locale: Locale,
  company: string | null,
): Record<LetterField, string | null> {
  const { type, on, order } = news;
  const isUnsettled = isInstallDay(type) && order.installation?.on === null;
  const isSaid = order.installation?.on === on || (isInstallDay(type) && !isUnsettled);
  return {
    number: oneLine(order.number),
    news: newsOf(news, locale),
    day: isUnsettled ? null : dayWords(on, locale),
    installation: isSaid ? null : installationOf(order, locale),
    company,
  };
}

/** A letter to a customer, in the words of the company. @param page where the order is shown */
export function writeCustomerLetter(
  news: PublicNews,
  { subject, text, locale }: Pick<LetterWords, 'subject' | 'text' | 'locale'>,
  { page, company }: { page: string; company: string | null },
): { subject: string; text: string; html: string } {
  const values = valuesOf(news, locale, company);
  const title = oneLine(filled(subject, values)) || translate(locale, 'customer.page.title', values);
  const link = { label: translate(locale, 'customer.letter.open'), url: page };
  const item = { what: null, title, words: filled(text, values), rows: [], link };
  const foot = [
    translate(locale, 'customer.letter.link'),
    translate(locale, 'customer.letter.why'),
    { label: translate(locale, 'customer.letter.stop'), url: `${page}/stop` },
  ];
  return renderLetter({ locale, subject: title, heading: null, items: [item], foot });
}

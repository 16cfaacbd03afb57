import type { Likeness } from '@svodka/shared/contracts/merge';
import { fold } from '@svodka/shared/filter/terms';
import type { CounterpartyDoc } from './counterparty.schema.ts';

type Known = Pick<CounterpartyDoc, 'name' | 'inn' | 'phones'> & {
  kind?: CounterpartyDoc['kind'];
  contacts?: readonly { phones: readonly string[] }[] | undefined;
};

/** What stands before the name of a firm and names none. */
const FORMS = new Set(
  'ооо оао зао ао пао нао ип тсж тсн жск снт гк гск ук фирма компания дилер llc ltd'.split(' '),
);
const SHORTEST = 4;
const MOST_KEYS = 40;

/** The same for letters that are heard alike and mistaken for each other. */
const heard = (word: string): string =>
  word
    .replace(/[ъь]/g, '')
    .replace(/о/g, 'а')
    .replace(/[еэйы]/g, 'и')
    .replace(/(.)\1+/gu, '$1');

/** Under which names somebody who is called so may stand a second time. */
function nameKeys({ name, kind }: Pick<Known, 'name' | 'kind'>): string[] {
  const all: string[] = fold(name).match(/[\p{L}\p{N}]+/gu) ?? [];
  const words = all.filter((word) => !FORMS.has(word));
  const [surname = '', given = ''] = words;
  const person = given ? `${heard(surname)} ${given.charAt(0)}` : '';
  const firm = heard(words.join(''));
  // An entrepreneur is both.
  const keys = kind === 'person' ? [person] : all.includes('ип') ? [person, firm] : [firm];
  return keys.filter((key) => key.length >= SHORTEST).map((key) => `name:${key}`);
}

const ORGS = new Set('ооо оао зао ао пао нао тсж тсн жск снт гк гск ук llc ltd'.split(' '));

/** A name as it is compared: without quotes, case, «ё», and the form of the firm wherever it stands. */
export function plainName(name: string): string {
  const words: string[] = fold(name).match(/[\p{L}\p{N}]+/gu) ?? [];
  const rest = words.filter((word) => !ORGS.has(word) && word !== 'ип');
  return (rest.length > 0 ? rest : words).join(' ');
}

/** What somebody is by the form that stands in the name. */
export const kindByName = (name: string): 'org' | 'person' =>
  (fold(name).match(/[\p{L}\p{N}]+/gu) ?? []).some((word) => ORGS.has(word)) ? 'org' : 'person';

/** What two cards of one counterparty have in common: kept with each of them and found by one index. */
export function likenessOf(known: Known): string[] {
  const phones = [...known.phones, ...(known.contacts ?? []).flatMap((contact) => contact.phones)];
  return [
    ...new Set([
      ...(known.inn ? [`inn:${known.inn}`] : []),
      ...nameKeys(known),
      ...phones.map((phone) => `phone:${phone}`),
    ]),
  ].slice(0, MOST_KEYS);
}

/** In what two are alike, the surest first. */
export function alikeBy(keys: readonly string[], others: readonly string[]): Likeness[] {
  const shared = keys.filter((key) => others.includes(key)).map((key) => key.split(':')[0]);
  return (['inn', 'phone', 'name'] as const).filter((kind) => shared.includes(kind));
}

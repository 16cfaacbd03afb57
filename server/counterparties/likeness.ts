import type { Likeness } from '@svodka/shared/contracts/merge';
import { isForm, isOrgForm, isSole, nameWords } from './company-forms.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';

type Known = Pick<CounterpartyDoc, 'name' | 'inn' | 'phones'> & {
  kind?: CounterpartyDoc['kind'];
  contacts?: readonly { phones: readonly string[] }[] | undefined;
};

/** What stands before the name of a firm and names none, beside its form. */
const GENERIC = new Set(['фирма', 'компания', 'дилер']);
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
  const all = nameWords(name);
  const words = all.filter((word) => !isForm(word) && !GENERIC.has(word));
  const [surname = '', given = ''] = words;
  const person = given ? `${heard(surname)} ${given.charAt(0)}` : '';
  const firm = heard(words.join(''));
  // An entrepreneur is both.
  const keys = kind === 'person' ? [person] : isSole(all) ? [person, firm] : [firm];
  return keys.filter((key) => key.length >= SHORTEST).map((key) => `name:${key}`);
}

const formsOf = (name: string): ReadonlySet<string> => new Set(nameWords(name).filter(isForm));

/** A name as it is compared: without quotes, case, «ё», and the form of the firm wherever it stands. */
export function plainName(name: string): string {
  const words = nameWords(name);
  const rest = words.filter((word) => !isForm(word));
  return (rest.length > 0 ? rest : words).join(' ');
}

/** «ООО УК «Уют»» is «УК «Уют»» and «ООО «Уют»»: one may leave out a form, and none has another. */
function areOneForm(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  const [fewer, more] = some.size < others.size ? [some, others] : [others, some];
  return [...fewer].every((form) => more.has(form));
}

/** What stands under names: found by another spelling of one, never by that of a firm of another form. */
export class Named<T> {
  readonly #all = new Map<string, { forms: ReadonlySet<string>; value: T }[]>();

  add(name: string, value: T): void {
    const plain = plainName(name);
    const one = { forms: formsOf(name), value };
    this.#all.set(plain, [...(this.#all.get(plain) ?? []), one]);
  }

  /** The first that has the same form; else the first that may be meant. */
  get(name: string): T | undefined {
    const forms = formsOf(name);
    const alike = (this.#all.get(plainName(name)) ?? []).filter((one) => areOneForm(one.forms, forms));
    return (alike.find((one) => one.forms.size === forms.size) ?? alike[0])?.value;
  }
}

/** What somebody is by the form that stands in the name. */
export const kindByName = (name: string): 'org' | 'person' =>
  nameWords(name).some(isOrgForm) ? 'org' : 'person';

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

/** Short forms that do not begin as the whole does. */
const SHORT: readonly (readonly [whole: string, ...short: string[]])[] = [
  ['дмитрий', 'дима', 'димон'],
  ['павел', 'паша'],
  ['михаил', 'миша'],
  ['мария', 'маша', 'маруся', 'маня'],
  ['дарья', 'даша'],
  ['татьяна', 'таня'],
  ['владимир', 'вова', 'володя'],
  ['константин', 'костя'],
  ['ксения', 'ксюша'],
  ['виктор', 'витя'],
  ['степан', 'степа'],
  ['георгий', 'гоша'],
  ['людмила', 'люся'],
  ['сергей', 'серега'],
  ['алексей', 'алеша', 'леша'],
  ['александр', 'алик'],
  ['юрий', 'юра'],
  ['софья', 'софия', 'соня'],
  ['яков', 'яша'],
  ['илья', 'илюша'],
  ['раиса', 'рая'],
  ['виктория', 'вика', 'вита'],
  ['лариса', 'лара'],
  ['тимофей', 'тима'],
  ['ирина', 'ира'],
  ['анна', 'аня'],
  ['ольга', 'оля'],
];
/** «Наталия» is «Наталья». */
const given = (word: string): string => {
  const whole = SHORT.find(([, ...short]) => short.includes(word))?.[0] ?? word;
  return heard(whole).replace(/и(?=[яю])/g, '');
};
/** So many letters that two have in common make them forms of one name: «Наталья», «Наташа». */
const STEM = 3;
const begins = (word: string, length: number): string => word.slice(0, Math.min(length, word.length));

/** Whether two given names, or an initial and a name, may be one person's. */
function mayBeOne(one: string, other: string): boolean {
  // «П», «ПА», «Ал.»: initials, or the beginning.
  if (one.length < STEM || other.length < STEM) return one.charAt(0) === other.charAt(0);
  const [a, b] = [given(one), given(other)];
  return begins(a, STEM) === begins(b, STEM) || a.startsWith(b) || b.startsWith(a);
}

const isPatronymic = (word: string): boolean => word.length === 1 || /(?:вич|вна|ична|ьич)$/.test(word);

/** A name, and what its card says that it is; where there is none, its own words say it. */
type Called = { name: string; kind?: 'person' | 'org' | undefined };

/** Whether two names cannot be of one person: given names or patronymics that both have, and that differ. */
export function areTwoPeople(one: Called, other: Called): boolean {
  if ([one, other].some(({ name, kind }) => (kind ?? kindByName(name)) === 'org')) return false;
  const [a, b] = [one, other].map(({ name }) => nameWords(name).filter((word) => !isForm(word))) as [
    string[],
    string[],
  ];
  if (!a[1] || !b[1]) return false;
  if (!mayBeOne(a[1], b[1])) return true;
  const [some, others] = [a[2], b[2]];
  return Boolean(some && others && isPatronymic(some) && isPatronymic(others) && !mayBeOne(some, others));
}

/**
 * In what two are alike, the surest first.
 * @param areTwo their names say that they are not one
 */
export function alikeBy(keys: readonly string[], others: readonly string[], areTwo = false): Likeness[] {
  const shared = keys.filter((key) => others.includes(key)).map((key) => key.split(':')[0]);
  return (['inn', 'phone', 'name'] as const).filter(
    (kind) => shared.includes(kind) && !(areTwo && kind === 'name'),
  );
}

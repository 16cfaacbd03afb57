import { isInn } from '@svodka/shared/contracts/requisites';
import { digitsOf, nationalOf, phonesIn, withoutPhonesAndSums, wordsOf } from '@svodka/shared/filter/terms';
import type { EventDoc } from '../../events/event.schema.ts';
import { ordersCalledIn, plainNumbers, trimmed } from './order-lists.ts';

/** What an event says by which its order may be found. */
export type Hints = { numbers: string[]; inns: string[]; phones: string[]; places: string[][] };

const MOST = { numbers: 20, inns: 5, phones: 5, places: 4 };

/** «№ 318», «N 318», «заказ 2025-0318», «договор П-0042»: what is named a number may be bare digits. */
const NAMED =
  /(?:№|(?<!\p{L})N(?:o\.?)?(?=\s*\d)|(?<!\p{L})(?:зак(?:аз|\.)?|дог(?:овор|\.)?|проект|сч[её]т|order|contract|project)\p{L}*)\s*(?:(?:№|N(?:o\.?)?(?=\s*\d))\s*)?([\p{L}\p{N}][\p{L}\p{N}\-/.]*)/giu;
/** What looks like a number wherever it stands: letters or parts, and a digit among them. */
const LIKELY = /(?<![\p{L}\p{N}])(?:\p{L}{1,4}-?\d[\p{L}\p{N}\-/]*|\d+[-/][\p{L}\p{N}\-/]+)/gu;
const INN = /(?<!\d)(?:\d{12}|\d{10})(?!\d)/g;
/** «Лесная, 14», «ул. Лесная д. 14к2»: a name with a capital letter, and a house. */
const PLACE =
  /(\p{Lu}[\p{L}-]{3,40})(?: (?:ул(?:ица|\.)?|пр-т|пер(?:еулок|\.)?|ш(?:оссе|\.)?))? ?,? ?(?:д(?:ом|\.)? ?)?(\d{1,4}\p{L}?)(?![\p{N}])/gu;

const some = <T>(values: Iterable<T>, most: number): T[] => [...new Set(values)].slice(0, most);

/** The texts of an event: its own words, and what was typed into its fields. */
function textsOf({ title, body, payload }: Pick<EventDoc, 'title' | 'body' | 'payload'>): string {
  const { fields = {}, ...typed } = payload;
  const values = [...Object.values(typed), ...Object.values(fields)];
  return [title, body, ...values.filter((value) => typeof value === 'string')].join('\n').slice(0, 12_000);
}

export function hintsOf(event: Pick<EventDoc, 'title' | 'body' | 'payload'>): Hints {
  const text = plainNumbers(textsOf(event));
  const bare = withoutPhonesAndSums(text);
  const { from, to } = event.payload as { from?: unknown; to?: unknown };
  const called = [from, to].flatMap((phone) =>
    typeof phone === 'string' ? nationalOf(digitsOf(phone)) : [],
  );
  const inns = some((text.match(INN) ?? []).filter(isInn), MOST.inns);
  return {
    numbers: some(
      [
        ...[...bare.matchAll(NAMED)].map(([, number = '']) => number),
        ...ordersCalledIn(text).flat(),
        ...(bare.match(LIKELY) ?? []),
      ]
        .map(trimmed)
        .filter((number) => /\d/.test(number) && number.length <= 60),
      MOST.numbers,
    ),
    inns,
    // Ten digits may be either.
    phones: some(
      [...called, ...phonesIn(text)].filter((phone) => phone.length >= 7 && !inns.includes(phone)),
      MOST.phones,
    ),
    places: [...bare.replace(/\s+/g, ' ').matchAll(PLACE)]
      .map(([, street = '', house = '']) => [...wordsOf(street), ...wordsOf(house)])
      .slice(0, MOST.places),
  };
}

import { COUNTERPARTY_KINDS } from '@svodka/shared/contracts/counterparty';
import type { Likeness } from '@svodka/shared/contracts/merge';
import { alikeBy, areTwoPeople, likenessOf } from '../../counterparties/likeness.ts';
import type { Card, CardDraft } from './card-row.ts';

/** A row of the same file, before this one, that it resembles. */
export type Before = { key: string; line: number; title: string; by: Likeness[]; card: Card };

/** Tables seldom say whether somebody is a person or a firm: a name is looked for as either. */
export const keysOf = ({ name = '', inn = null, phones = [], contacts = [] }: Card): string[] => [
  ...new Set(COUNTERPARTY_KINDS.flatMap((kind) => likenessOf({ name, kind, inn, phones, contacts }))),
];

/** Another tax number is another company, whatever else is alike. */
export const isOther = (a: string | null | undefined, b: string | null | undefined): boolean =>
  Boolean(a && b && a !== b);

const called = ({ name = '', kind }: Card) => ({ name, kind });

/** People of one surname and initial who are told apart; of more than this only the first are known. */
const MOST_OF_KEY = 50;

/** Finds the rows of one file that may be one counterparty. Of those that are one it holds the first. */
export class RowLikeness {
  readonly #first = new Map<string, Omit<Before, 'by'>[]>();

  /** The rows before this one that resemble it. */
  of({ line, title, card }: CardDraft, key: string): Before[] {
    const keys = keysOf(card);
    const found = new Map<number, Before>();
    for (const one of keys) {
      const rows = this.#first.get(one) ?? [];
      const alike = rows.flatMap((before): Before[] => {
        if (isOther(before.card.inn, card.inn)) return [];
        const areTwo = areTwoPeople(called(before.card), called(card));
        const by = alikeBy(keys, keysOf(before.card), areTwo);
        return by.length > 0 ? [{ ...before, by }] : [];
      });
      for (const before of alike) if (!found.has(before.line)) found.set(before.line, before);
      if (alike.length === 0 && rows.length < MOST_OF_KEY) {
        rows.push({ key, line, title, card });
        this.#first.set(one, rows);
      }
    }
    return [...found.values()];
  }
}

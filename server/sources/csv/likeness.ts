import { COUNTERPARTY_KINDS } from '@svodka/shared/contracts/counterparty';
import type { Likeness } from '@svodka/shared/contracts/merge';
import { alikeBy, likenessOf } from '../../counterparties/likeness.ts';
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

/** Finds the rows of one file that may be one counterparty. Holds the first row of each key only. */
export class RowLikeness {
  readonly #first = new Map<string, Omit<Before, 'by'>>();

  /** The rows before this one that resemble it. */
  of({ line, title, card }: CardDraft, key: string): Before[] {
    const keys = keysOf(card);
    const found = new Map<number, Before>();
    for (const one of keys) {
      const before = this.#first.get(one);
      if (!before) this.#first.set(one, { key, line, title, card });
      else if (!found.has(before.line) && !isOther(before.card.inn, card.inn))
        found.set(before.line, { ...before, by: alikeBy(keys, keysOf(before.card)) });
    }
    return [...found.values()];
  }
}

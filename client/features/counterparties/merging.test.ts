// What of two records is kept. fast-check prints the seed of a failure.
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import fc from 'fast-check';
import { type Choice, chosen, firstChoice, MERGED_FIELDS, valuesOf } from './merging.ts';

const listArb = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 });
const textArb = fc.constantFrom('', 'x', 'y');
const nullableArb = fc.constantFrom(null, '1', '2');
const cardArb = fc.record({
  kind: fc.constantFrom('person', 'org'),
  name: fc.constantFrom('Иванов', 'Петров'),
  categories: listArb,
  inn: nullableArb,
  kpp: nullableArb,
  ogrn: nullableArb,
  phones: listArb,
  emails: listArb,
  contacts: fc.uniqueArray(
    fc.constantFrom(
      { name: 'a', role: '', phones: [], emails: [] },
      { name: 'b', role: '', phones: [], emails: [] },
    ),
    { maxLength: 2, selector: ({ name }) => name },
  ),
  managerId: nullableArb,
  note: textArb,
}) as unknown as fc.Arbitrary<Counterparty>;

describe('what is kept of two records', () => {
  it('is everything that either says, unless somebody chose otherwise', () => {
    fc.assert(
      fc.property(cardArb, cardArb, (into, from) => {
        const after = { ...into, ...valuesOf(into, from, {}) };
        for (const field of ['phones', 'emails', 'categories'] as const)
          expect(new Set(after[field])).toEqual(new Set([...into[field], ...from[field]]));
        for (const field of ['inn', 'kpp', 'ogrn', 'managerId'] as const)
          expect(after[field]).toBe(into[field] ?? from[field]);
        for (const note of [into.note, from.note]) expect(after.note).toContain(note);
        expect(after.name).toBe(into.name);
      }),
    );
  });

  it('is what was chosen, and nothing is written that stays as it is', () => {
    fc.assert(
      fc.property(cardArb, cardArb, fc.constantFrom<Choice>('into', 'from'), (into, from, choice) => {
        const all = Object.fromEntries(MERGED_FIELDS.map((field) => [field, choice]));
        const values = valuesOf(into, from, all);
        if (choice === 'into') expect(values).toEqual({});
        else
          expect({ ...into, ...values }).toEqual({
            ...into,
            ...Object.fromEntries(MERGED_FIELDS.map((field) => [field, from[field]])),
          });
      }),
    );
  });

  it('has nothing twice', () => {
    fc.assert(
      fc.property(cardArb, cardArb, (into, from) => {
        for (const field of ['phones', 'contacts'] as const) {
          const list = chosen(into, from, field, firstChoice(into, from, field)) as unknown[];
          expect(new Set(list.map((each) => JSON.stringify(each))).size).toBe(list.length);
        }
      }),
    );
  });
});

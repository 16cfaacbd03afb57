// The same laws for filters of orders. FILTER_SEED repeats a run.
import fc from 'fast-check';
import { canonical } from './canonical.ts';
import { fieldOf, USER_FIELDS } from './fields.ts';
import { normalize } from './normalize.ts';
import { toPredicate } from './predicate.ts';
import { resolveFilter } from './resolve.ts';
import { FILTER_SCHEMAS, FilterSchema } from './schema.ts';
import { toSentence } from './sentence.ts';
import { orderArb, orderFilterArb } from './testing/arbitraries.ts';
import { matchesNaively } from './testing/naive.ts';
import { FilterParseError, parseText, toText } from './text.ts';
import '../messages/catalogue.ts';

const seed = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 1_000_000));
const MOMENT = { now: new Date('2025-03-08T10:42:00Z'), zone: 'Europe/Moscow' };
const names = () => 'Имя';

describe(`filters of orders (seed ${seed})`, () => {
  it('mean what a naive look at the order gives, also in their canonical shape', () => {
    fc.assert(
      fc.property(orderFilterArb, orderArb, (filter, order) => {
        const resolved = resolveFilter(filter, MOMENT).filter;
        const expected = matchesNaively(resolved, order);
        expect(toPredicate(resolved)(order)).toBe(expected);
        expect(toPredicate(canonical(resolved))(order)).toBe(expected);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('come back from their text, in both languages, and are told in words', () => {
    fc.assert(
      fc.property(orderFilterArb, fc.constantFrom('ru' as const, 'en' as const), (filter, locale) => {
        const plain = normalize(filter);
        expect(parseText(toText(filter, locale), 'orders')).toEqual(plain);
        const sentence = toSentence(filter, locale, names, MOMENT.zone);
        expect(sentence).not.toMatch(/filter\.|undefined|project\.status|milestone\./);
      }),
      { seed, numRuns: 500 },
    );
  });

  it.each([
    ['статус:готов', { field: 'stage', in: ['ready'] }],
    ['признак:опаздывает', { field: 'flag', in: ['late'] }],
    ['is:late', { field: 'flag', in: ['late'] }],
    ['без:менеджера', { field: 'manager', exists: false }],
    ['есть:долг', { field: 'debt', exists: true }],
    ['просрочено:предоплата', { field: 'late', in: ['prepay'] }],
    ['дальше:запуск', { field: 'next', in: ['launch'] }],
    ['вид:фасад', { field: 'template', in: ['facade'] }],
    ['монтаж:14.03.2025..20.03.2025', { field: 'install', from: '2025-03-14', to: '2025-03-20' }],
  ])('are written as people say it: %s', (text, filter) => {
    expect(parseText(text, 'orders')).toEqual(filter);
    expect(parseText(toText(parseText(text, 'orders'), 'ru'), 'orders')).toEqual(filter);
  });

  it('writes every value of every field in Russian without a code', () => {
    const codes = USER_FIELDS.orders.flatMap((field) =>
      (fieldOf(field).values ?? []).map((code) => toText({ field, in: [code] } as never, 'ru')),
    );
    expect(codes.filter((text) => /[a-z]/i.test(text))).toEqual([]);
  });

  it('are not filters of events, nor the other way round', () => {
    expect(FilterSchema.safeParse({ field: 'stage', in: ['ready'] }).success).toBe(false);
    expect(FILTER_SCHEMAS.orders.safeParse({ field: 'module', in: ['finance'] }).success).toBe(false);
    expect(() => parseText('долг:5', 'orders')).toThrow(FilterParseError);
    expect(() => parseText('признак:опаздывает')).toThrow(FilterParseError);
  });
});

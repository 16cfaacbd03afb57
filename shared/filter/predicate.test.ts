import fc from 'fast-check';
import type { ResolvedFilter } from './ast.ts';
import { canonical, canonicalKey } from './canonical.ts';
import { requiredTerms, termsOfEvent } from './index-terms.ts';
import { normalize } from './normalize.ts';
import { type FilterableEvent, toPredicate } from './predicate.ts';
import { chunksOf } from './search.ts';
import { termsOf } from './terms.ts';
import { eventArb, resolvedFilterArb } from './testing/arbitraries.ts';
import { matchesNaively } from './testing/naive.ts';

/** Made once: making events costs far more than asking filters of them. */
const EVENTS = fc.sample(eventArb, { numRuns: 150, seed: 2025 });
const RUNS = { numRuns: 2_000 };

/** Which of the events match, as one string that compares fast. */
const answers = (filter: ResolvedFilter, events = EVENTS): string =>
  events.map(toPredicate(filter)).map(Number).join('');

const asDates = (event: FilterableEvent): FilterableEvent => ({
  ...event,
  ...(event.occurredAt && { occurredAt: new Date(event.occurredAt) }),
  ...(event.recordedAt && { recordedAt: new Date(event.recordedAt) }),
  ...(event.dueAt && { dueAt: new Date(event.dueAt) }),
  ...(event.deletedAt && { deletedAt: new Date(event.deletedAt) }),
});

const DATED = EVENTS.map(asDates);

describe(toPredicate, () => {
  it('means what the naive evaluator means, for ISO times and for dates', () => {
    fc.assert(
      fc.property(resolvedFilterArb, (filter) => {
        const expected = EVENTS.map((event) => Number(matchesNaively(filter, event))).join('');
        expect(answers(filter)).toBe(expected);
        expect(answers(filter, DATED)).toBe(expected);
      }),
      RUNS,
    );
  });

  it('meets random events often enough to prove something', () => {
    const filters = fc.sample(resolvedFilterArb, { numRuns: 1_000, seed: 2025 });
    const asked = filters.map((filter) => answers(filter)).join('');
    const share = asked.replaceAll('0', '').length / asked.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
    const telling = filters.filter((filter) => new Set(answers(filter)).size === 2);
    expect(telling.length).toBeGreaterThan(500);
  });

  it('knows an event by its id, stored or of the contract', () => {
    const matches = toPredicate({ field: 'id', in: ['e-1'] });
    expect([{ _id: 'e-1' }, { id: 'e-1' }, { id: 'e-2' }, {}].map(matches)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('includes the start of a range and excludes its end', () => {
    const matches = toPredicate({
      field: 'occurred',
      from: '2025-03-14T00:00:00.000Z',
      to: '2025-03-15T00:00:00.000Z',
    });
    expect(matches({ occurredAt: '2025-03-14T00:00:00.000Z' })).toBe(true);
    expect(matches({ occurredAt: '2025-03-14T23:59:59.999Z' })).toBe(true);
    expect(matches({ occurredAt: '2025-03-15T00:00:00.000Z' })).toBe(false);
    expect(matches({ occurredAt: '2025-03-13T23:59:59.999Z' })).toBe(false);
  });

  it('takes a missing field for no value, and its negation for a match', () => {
    const finance: ResolvedFilter = { field: 'module', in: ['finance'] };
    expect(toPredicate(finance)({})).toBe(false);
    expect(toPredicate({ not: finance })({})).toBe(true);
    expect(toPredicate({ field: 'dueAt', from: '2025-03-14T00:00:00.000Z' })({ dueAt: null })).toBe(false);
  });

  it('finds by text as search does', () => {
    const event = { terms: termsOf('Замёрзшая панель П-44, заказ № 318') };
    const finds = (text: string) => toPredicate({ text })(event);
    expect(finds('ЗАМЕРЗ пан')).toBe(true);
    expect(finds('панель 319')).toBe(false);
    expect(finds('—')).toBe(true);
    expect(toPredicate({ text: 'панель' })({})).toBe(false);
  });
});

describe(normalize, () => {
  it('keeps the meaning and is idempotent', () => {
    fc.assert(
      fc.property(resolvedFilterArb, (filter) => {
        const plain = normalize(filter) as ResolvedFilter;
        expect(normalize(plain)).toEqual(plain);
        expect(answers(plain)).toBe(answers(filter));
      }),
      RUNS,
    );
  });
});

/** A repeatable stream of numbers in [0, 1). */
function dice(seed: number): () => number {
  let state = seed % 2_147_483_646;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The same filter said differently. */
function reworded(filter: ResolvedFilter, dice: () => number): ResolvedFilter {
  const shuffled = <T>(list: T[]): T[] =>
    list
      .map((one) => [dice(), one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one);
  const again = (node: ResolvedFilter) => reworded(node, dice);
  const inner = (): ResolvedFilter => {
    if ('and' in filter) {
      const parts = shuffled(filter.and.map(again));
      if (dice() < 0.3) return { not: { or: parts.map((not) => ({ not })) } };
      return { and: dice() < 0.5 && parts[0] ? [...parts, parts[0]] : [{ and: parts }] };
    }
    if ('or' in filter) {
      const parts = shuffled(filter.or.map(again));
      if (dice() < 0.3) return { not: { and: parts.map((not) => ({ not })) } };
      return { or: dice() < 0.5 && parts[0] ? [parts[0], ...parts] : [{ or: parts }] };
    }
    if ('not' in filter) return { not: again(filter.not) };
    if ('in' in filter)
      return { field: filter.field, in: shuffled([...filter.in, ...filter.in.slice(0, 1)]) };
    if ('text' in filter)
      return { and: shuffled(chunksOf(filter.text)).map((piece) => ({ text: ` ${piece.toUpperCase()} ` })) };
    return filter;
  };
  return dice() < 0.2 ? { not: { not: inner() } } : inner();
}

describe(canonicalKey, () => {
  it('is the same for the same filter said differently', () => {
    fc.assert(
      fc.property(resolvedFilterArb, fc.integer({ min: 1 }), (filter, seed) => {
        const other = reworded(filter, dice(seed));
        expect(canonicalKey(other)).toBe(canonicalKey(filter));
      }),
      RUNS,
    );
  });

  it('keeps the meaning', () => {
    fc.assert(
      fc.property(resolvedFilterArb, (filter) => {
        expect(answers(canonical(filter))).toBe(answers(filter));
      }),
      RUNS,
    );
  });

  it('is the key of its own canonical form', () => {
    fc.assert(
      fc.property(resolvedFilterArb, (filter) => {
        expect(canonicalKey(canonical(filter))).toBe(canonicalKey(filter));
      }),
      RUNS,
    );
  });

  const from = '2025-03-01T00:00:00.000Z';
  const middle = '2025-03-10T00:00:00.000Z';
  const to = '2025-03-14T00:00:00.000Z';
  it.each<[string, ResolvedFilter, ResolvedFilter]>([
    [
      'lists that meet',
      {
        and: [
          { field: 'module', in: ['finance', 'mail'] },
          { field: 'module', in: ['mail', 'calls'] },
        ],
      },
      { field: 'module', in: ['mail'] },
    ],
    [
      'alternatives of one field',
      {
        or: [
          { field: 'module', in: ['mail'] },
          { field: 'module', in: ['calls'] },
        ],
      },
      { field: 'module', in: ['calls', 'mail'] },
    ],
    [
      'exclusions of one field',
      { and: [{ not: { field: 'type', in: ['call.in'] } }, { not: { field: 'type', in: ['call.out'] } }] },
      { not: { field: 'type', in: ['call.out', 'call.in'] } },
    ],
    [
      'a list less an exclusion',
      { and: [{ not: { field: 'module', in: ['mail'] } }, { field: 'module', in: ['mail', 'calls'] }] },
      { field: 'module', in: ['calls'] },
    ],
    [
      'ranges that overlap',
      {
        and: [
          { field: 'occurred', from, to },
          { field: 'occurred', from: middle },
        ],
      },
      { field: 'occurred', from: middle, to },
    ],
    [
      'ranges that do not meet',
      {
        and: [
          { field: 'occurred', to: from },
          { field: 'occurred', from: middle },
        ],
      },
      { or: [] },
    ],
    ['a contradiction', { and: [{ text: 'x' }, { not: { text: 'X' } }] }, { or: [] }],
    ['an empty list', { not: { field: 'module', in: [] } }, { and: [] }],
    ['texts side by side', { and: [{ text: 'панель' }, { text: '318' }] }, { text: '318 Панель' }],
  ])('merges %s', (_, filter, same) => {
    expect(canonicalKey(filter)).toBe(canonicalKey(same));
  });

  it('does not intersect lists of a field that holds several values', () => {
    const one: ResolvedFilter = { field: 'counterparty', in: ['c-1'] };
    const two: ResolvedFilter = { field: 'counterparty', in: ['c-2'] };
    expect(canonicalKey({ and: [one, two] })).not.toBe(canonicalKey({ or: [] }));
  });
});

describe(requiredTerms, () => {
  it('finds every event that matches', () => {
    fc.assert(
      fc.property(resolvedFilterArb, (filter) => {
        const required = requiredTerms(filter);
        if (!required) return;
        const missed = EVENTS.filter(toPredicate(filter)).filter((event) => {
          const carried = new Set(termsOfEvent(event));
          return !required.some((alternative) => alternative.every((term) => carried.has(term)));
        });
        expect(missed).toEqual([]);
      }),
      RUNS,
    );
  });

  it('chooses the rarest clause', () => {
    const filter: ResolvedFilter = {
      and: [
        { field: 'module', in: ['finance'] },
        { field: 'project', in: ['p-318', 'p-322'] },
        { field: 'importance', in: ['critical'] },
      ],
    };
    expect(requiredTerms(filter)).toEqual([['project=p-318'], ['project=p-322']]);
  });

  it('takes the alternatives of an or together, and knows when there is nothing to go by', () => {
    const module: ResolvedFilter = { field: 'module', in: ['finance'] };
    const author: ResolvedFilter = { field: 'author', in: ['u-1'] };
    expect(requiredTerms({ or: [module, author] })).toEqual([['author=u-1'], ['module=finance']]);
    expect(requiredTerms({ or: [module, { text: 'панель' }] })).toBeNull();
    expect(requiredTerms({ not: module })).toBeNull();
    expect(requiredTerms({ and: [] })).toBeNull();
    expect(requiredTerms({ or: [] })).toEqual([]);
  });
});

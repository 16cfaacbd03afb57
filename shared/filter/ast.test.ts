import { z } from 'zod';
import { ALL, and, conjunctsOf, type Filter, NONE, not, or } from './ast.ts';
import { clauseSchema, FilterSchema } from './schema.ts';

const finance: Filter = { field: 'module', in: ['finance'] };
const urgent: Filter = { field: 'importance', in: ['high', 'critical'] };

/** The first complaint as `path: reason`. */
function refusal(input: unknown): string {
  const issue = FilterSchema.safeParse(input).error?.issues[0];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'accepted';
}

const nested = (levels: number): unknown => {
  let filter: unknown = finance;
  for (let i = 1; i < levels; i++) filter = { not: filter };
  return filter;
};

describe('FilterSchema', () => {
  it('accepts each kind of clause', () => {
    const filter: Filter = {
      and: [
        finance,
        { or: [urgent, { not: { text: 'панель' } }] },
        { field: 'occurred', from: { unit: 'day', offset: -7, edge: 'start' }, to: '2025-03-14' },
        { field: 'project', exists: false },
        { field: 'due', exists: true },
      ],
    };
    expect(FilterSchema.parse(filter)).toEqual(filter);
    expect(FilterSchema.parse(ALL)).toEqual(ALL);
    expect(FilterSchema.parse(NONE)).toEqual(NONE);
  });

  it('normalises instants to UTC', () => {
    expect(FilterSchema.parse({ field: 'dueAt', from: '2025-03-14T10:42:00+03:00' })).toEqual({
      field: 'dueAt',
      from: '2025-03-14T07:42:00.000Z',
    });
  });

  it.each([
    [null, ': expected-filter'],
    ['module:finance', ': expected-filter'],
    [[], ': expected-filter'],
    [{}, ': expected-filter'],
    [{ and: finance }, ': expected-filter'],
    [{ and: [], or: [] }, ': expected-filter'],
    [{ and: [finance, 1] }, 'and.1: expected-filter'],
    [{ $where: 'true' }, ': expected-filter'],
    [{ field: 'module', in: [{ $ne: null }] }, null],
    [{ field: 'module', in: ['nothing'] }, null],
    [{ field: 'module', in: [] }, null],
    [{ field: 'module', in: ['finance'], $where: '1' }, null],
    [{ field: 'project', in: ['a\u0000b'] }, 'in.0: control-characters'],
    [{ field: 'project', in: Array.from({ length: 101 }, (_, i) => `p${i}`) }, null],
    [{ field: 'occurred' }, ': expected-bound'],
    [{ field: 'occurred', from: '2025-02-30' }, null],
    [{ field: 'occurred', from: { unit: 'year', offset: 1, edge: 'start' } }, null],
    [{ text: 'x'.repeat(201) }, null],
    [{ or: [finance, { field: 'client.phone', in: ['1'] }] }, 'or.1.field: field-not-filterable'],
    [{ field: 'visibility', in: ['department'] }, 'field: field-not-filterable'],
    [{ field: 'audience', in: ['u1'] }, 'field: field-not-filterable'],
    [{ field: 'deleted', exists: true }, 'field: field-not-filterable'],
    [{ field: '__proto__', in: ['x'] }, 'field: field-not-filterable'],
    [JSON.parse('{"field":"module","in":["finance"],"__proto__":{"x":1}}'), null],
  ])('refuses %j', (input, reason) => {
    const said = refusal(input);
    if (reason === null) expect(said).not.toBe('accepted');
    else expect(said).toBe(reason);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('holds the limits on depth and clauses, however hostile the input', () => {
    expect(refusal(nested(6))).toBe('accepted');
    expect(refusal(nested(7))).toMatch(/too-deep$/);
    expect(refusal(nested(100_000))).toMatch(/too-deep$/);
    const wide = (n: number) => ({ and: Array.from({ length: n }, () => finance) });
    expect(refusal(wide(20))).toBe('accepted');
    expect(refusal(wide(21))).toBe('and.20: too-many-clauses');
    expect(refusal({ and: Array.from({ length: 10_000 }, () => ALL) })).toMatch(/too-many-clauses$/);
  });

  it('is required where it is a property', () => {
    const schema = z.strictObject({ filter: FilterSchema });
    expect(schema.safeParse({}).success).toBe(false);
    expect(schema.safeParse({ filter: ALL }).success).toBe(true);
  });
});

describe(clauseSchema, () => {
  it.each([
    [{ field: 'importance', in: ['high'] }],
    [{ field: 'occurred', from: '2026-01-01' }],
    [{ field: 'due', exists: false }],
    [{ text: 'окна' }],
  ])('is made once for all clauses like %j: a message may bring a thousand', (clause) => {
    expect(clauseSchema(clause)).toBe(clauseSchema({ ...clause }));
  });
});

describe('and, or, not', () => {
  it('simplify', () => {
    expect(and()).toEqual(ALL);
    expect(and(ALL, finance)).toEqual(finance);
    expect(and(finance, finance, and(urgent, finance))).toEqual({ and: [finance, urgent] });
    expect(and(finance, NONE)).toEqual(NONE);
    expect(or()).toEqual(NONE);
    expect(or(NONE, urgent)).toEqual(urgent);
    expect(or(finance, or(urgent, finance))).toEqual({ or: [finance, urgent] });
    expect(or(finance, ALL)).toEqual(ALL);
    expect(not(ALL)).toEqual(NONE);
    expect(not(not(finance))).toEqual(finance);
    expect(not({ field: 'project', exists: true })).toEqual({ field: 'project', exists: false });
  });

  it('give the parts of the top', () => {
    expect(conjunctsOf(ALL)).toEqual([]);
    expect(conjunctsOf(finance)).toEqual([finance]);
    expect(conjunctsOf(and(finance, urgent))).toEqual([finance, urgent]);
  });
});

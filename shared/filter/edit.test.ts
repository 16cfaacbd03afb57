import fc from 'fast-check';
import { ALL, type Filter, type ResolvedFilter } from './ast.ts';
import { removeAt, setClause, withOnly, without } from './edit.ts';
import type { SetField } from './fields.ts';
import { toPredicate } from './predicate.ts';
import { eventArb, POOL, resolvedFilterArb } from './testing/arbitraries.ts';
import { matchesNaively } from './testing/naive.ts';
import { parseText, toText } from './text.ts';

const edited = (text: string, edit: (filter: Filter) => Filter): string => toText(edit(parseText(text)));

const EVENTS = fc.sample(eventArb, { numRuns: 150, seed: 2025 });
const valueArb = fc.constantFrom<[SetField, string]>(
  ['module', 'finance'],
  ['importance', 'high'],
  ['status', 'open'],
  ['project', POOL.projects[0] as string],
  ['counterparty', POOL.counterparties[0] as string],
  ['author', POOL.users[0] as string],
);

describe(withOnly, () => {
  it.each([
    ['', 'module:finance'],
    ['importance>=high', 'importance>=high module:finance'],
    ['module:mail importance>=high', 'module:finance importance>=high'],
    ['-module:mail importance>=high -module:finance', 'module:finance importance>=high'],
  ])('narrows %s to one value', (before, after) => {
    expect(edited(before, (filter) => withOnly(filter, 'module', 'finance'))).toBe(after);
  });

  it('narrows to events without a value', () => {
    expect(edited('project:p-318 панель', (filter) => withOnly(filter, 'project', null))).toBe(
      'no:project панель',
    );
  });

  it('leaves only events that have the value', () => {
    fc.assert(
      fc.property(resolvedFilterArb, valueArb, (filter, [field, value]) => {
        const only = toPredicate(withOnly(filter, field, value) as ResolvedFilter);
        expect(EVENTS.filter(only).every((event) => matchesNaively({ field, in: [value] }, event))).toBe(
          true,
        );
      }),
    );
  });
});

describe(without, () => {
  it.each([
    ['', '-module:finance'],
    ['-module:mail панель', '-module:finance,mail панель'],
    ['module:finance,mail', 'module:mail'],
    ['module:finance панель', 'панель -module:finance'],
    ['module:mail or module:calls', '(module:mail or module:calls) -module:finance'],
  ])('takes one value out of %s', (before, after) => {
    expect(edited(before, (filter) => without(filter, 'module', 'finance'))).toBe(after);
  });

  it('takes out events without a value', () => {
    expect(edited('', (filter) => without(filter, 'project', null))).toBe('has:project');
    expect(edited('no:project', (filter) => without(filter, 'project', null))).toBe('has:project');
  });

  it('leaves no event with the value and loses no other', () => {
    fc.assert(
      fc.property(resolvedFilterArb, valueArb, (filter, [field, value]) => {
        const [before, after] = [
          toPredicate(filter),
          toPredicate(without(filter, field, value) as ResolvedFilter),
        ];
        for (const event of EVENTS) {
          if (matchesNaively({ field, in: [value] }, event)) expect(after(event)).toBe(false);
          else if (before(event)) expect(after(event)).toBe(true);
        }
      }),
    );
  });
});

describe(setClause, () => {
  it.each([
    ['', 'project:p-1', 'project:p-1'],
    ['module:mail project:p-2 -module:calls', 'project:p-1', 'module:mail project:p-1 -module:calls'],
    ['no:project', 'project:p-1', 'project:p-1'],
    ['module:mail -module:calls', '-module:finance', 'module:mail -module:finance'],
    ['occurred:today due:overdue', 'occurred:yesterday', 'occurred:yesterday due:overdue'],
    ['панель module:mail', 'окно', 'окно module:mail'],
    ['module:mail', 'due:overdue or project:p-1', 'module:mail (due:overdue or project:p-1)'],
  ])('in %s sets %s', (before, clause, after) => {
    expect(edited(before, (filter) => setClause(filter, parseText(clause)))).toBe(after);
  });
});

describe(removeAt, () => {
  it.each([
    ['module:mail', [], ''],
    ['module:mail панель', [0], 'панель'],
    ['module:mail (due:overdue or project:p-1)', [1, 0], 'module:mail project:p-1'],
    ['module:mail -(due:overdue project:p-1)', [1, 0, 1], 'module:mail -due:overdue'],
    ['-module:mail', [0], ''],
  ])('from %s at %j', (before, path, after) => {
    expect(edited(before, (filter) => removeAt(filter, path))).toBe(after);
  });

  it('removes an or with its last alternative', () => {
    const filter: Filter = { and: [{ text: 'панель' }, { or: [{ field: 'module', in: ['mail'] }] }] };
    expect(removeAt(filter, [1, 0])).toEqual({ text: 'панель' });
    expect(removeAt({ or: [{ text: 'панель' }] }, [0])).toEqual(ALL);
  });
});

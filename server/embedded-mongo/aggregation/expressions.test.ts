import { type Document, Double, Int32, Long } from 'bson';
import { MongoError } from '../errors.ts';
import { compileExpression } from './expressions.ts';

const value = (expression: unknown, document: Document = {}, now?: Date) =>
  compileExpression(expression, now)(document);
const codeOf = (run: () => unknown): number | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return undefined;
};
const int = (n: number) => new Int32(n);
const double = (n: number) => new Double(n);
const long = (n: number | bigint) => Long.fromBigInt(BigInt(n));
const date = (text: string) => new Date(text);

describe(compileExpression.name, () => {
  const document = {
    a: int(1),
    b: { c: 'x' },
    l: [{ n: int(1) }, { n: int(2) }, { m: 3 }, 4, [{ n: int(5) }]],
    s: 'Hello',
  };
  type Row = [expression: unknown, result: unknown];
  const table: Record<string, Row[]> = {
    'paths and variables': [
      ['$a', int(1)],
      ['$b.c', 'x'],
      ['$nothing', undefined],
      ['$l.n', [int(1), int(2)]],
      ['$l.0', []],
      ['$$ROOT.a', int(1)],
      [{ x: '$a', y: '$nothing' }, { x: int(1) }],
      [
        ['$a', '$nothing'],
        [int(1), null],
      ],
      ['text', 'text'],
      [{ $literal: '$a' }, '$a'],
    ],
    conditions: [
      [{ $cond: [{ $gt: ['$a', 0] }, 'yes', 'no'] }, 'yes'],
      [{ $ifNull: ['$nothing', null, 'x'] }, 'x'],
      [{ $ifNull: ['$nothing', '$alsoNothing'] }, undefined],
      [{ $and: [1, '$a', true] }, true],
      [{ $and: [] }, true],
      [{ $or: [] }, false],
      [{ $or: [0, null, ''] }, true],
      [{ $not: ['$nothing'] }, true],
      [{ $eq: ['$nothing', null] }, false],
      [{ $gt: ['text', 5] }, true],
      [{ $lt: [{ x: 1 }, []] }, true],
      [{ $eq: [int(1), double(1)] }, true],
    ],
    arithmetic: [
      [{ $add: [int(1), int(2)] }, int(3)],
      [{ $add: [int(2 ** 31 - 1), int(1)] }, long(2 ** 31)],
      [{ $add: [long(2n ** 63n - 1n), int(1)] }, double(2 ** 63)],
      [{ $add: [double(0.5), int(1)] }, double(1.5)],
      [{ $add: ['$nothing', 1] }, null],
      [{ $add: [date('2026-01-01T00:00:00Z'), 1000] }, date('2026-01-01T00:00:01Z')],
    ],
  };
  for (const [name, rows] of Object.entries(table)) {
    it(`evaluates ${name}`, () => {
      for (const [expression, result] of rows) {
        expect({ expression, result: value(expression, document) }).toStrictEqual({ expression, result });
      }
    });
  }

  it('refuses what MongoDB refuses, by its code', () => {
    const bad: [unknown, number][] = [
      [{ $foo: 1 }, 168],
      [{ $add: [1], $eq: [1, 2] }, 15983],
      [{ $eq: [1] }, 16020],
      [{ $cond: [1, 2] }, 16020],
      [{ $ifNull: [1] }, 16020],
      ['$$nothing', 17276],
      ['$', 15998],
      ['$a..b', 15998],
      [{ 'a.b': 1 }, 16412],
      [{ $add: ['x', 1] }, 14],
    ];
    for (const [expression, code] of bad) {
      expect({ expression, code: codeOf(() => value(expression)) }).toStrictEqual({ expression, code });
    }
  });

  it('has one NOW for a whole expression', () => {
    const now = date('2026-01-01T00:00:00Z');
    expect(value(['$$NOW', { $add: ['$$NOW', 1000] }], {}, now)).toStrictEqual([
      now,
      date('2026-01-01T00:00:01Z'),
    ]);
  });
});

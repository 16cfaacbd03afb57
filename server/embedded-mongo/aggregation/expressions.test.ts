// biome-ignore-all lint/suspicious/noThenProperty: $cond and $switch have an operand of that name
import { type Document, Double, Int32, Long, ObjectId } from 'bson';
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
    at: date('2026-03-29T01:30:15.250Z'),
    id: new ObjectId('65a0f00000000000000000aa'),
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
      ['$$CURRENT.b.c', 'x'],
      ['$$REMOVE', undefined],
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
      [{ $cond: { if: '$nothing', then: 1, else: 2 } }, 2],
      [{ $ifNull: ['$nothing', null, 'x'] }, 'x'],
      [{ $ifNull: ['$nothing', '$alsoNothing'] }, undefined],
      [{ $switch: { branches: [{ case: { $eq: ['$a', 2] }, then: 'two' }], default: 'other' } }, 'other'],
      [{ $and: [1, '$a', true] }, true],
      [{ $and: [] }, true],
      [{ $or: [] }, false],
      [{ $or: [0, null, ''] }, true],
      [{ $not: ['$nothing'] }, true],
      [{ $eq: ['$nothing', null] }, false],
      [{ $cmp: ['$nothing', null] }, int(-1)],
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
      [{ $subtract: [date('2026-01-01T00:00:01Z'), date('2026-01-01T00:00:00Z')] }, long(1000)],
      [{ $subtract: [int(5), int(7)] }, int(-2)],
      [{ $multiply: [int(2 ** 30), int(4)] }, long(2 ** 32)],
      [{ $multiply: [int(2 ** 31 - 1), int(2 ** 31 - 1)] }, long(4611686014132420609n)],
      [{ $divide: [int(6), int(4)] }, double(1.5)],
      [{ $mod: [int(-7), int(3)] }, int(-1)],
      [{ $mod: [double(5.5), int(2)] }, double(1.5)],
      [{ $abs: int(-3) }, int(3)],
      [{ $ceil: double(1.2) }, double(2)],
      [{ $floor: double(-1.2) }, double(-2)],
      [{ $round: [double(2.5)] }, double(2)],
      [{ $round: [double(2.675), 2] }, double(2.68)],
      [{ $round: [int(1250), -2] }, int(1200)],
      [{ $trunc: [double(-2.79), 1] }, double(-2.7)],
      [{ $sum: [int(1), 'x', double(0.5)] }, double(1.5)],
      [{ $sum: '$l.n' }, int(3)],
      [{ $avg: [int(1), int(2)] }, double(1.5)],
      [{ $avg: '$nothing' }, null],
      [{ $max: ['$a', null, int(7)] }, int(7)],
      [{ $min: '$l.n' }, int(1)],
    ],
    dates: [
      [{ $year: '$at' }, int(2026)],
      [{ $month: '$at' }, int(3)],
      [{ $isoDayOfWeek: '$at' }, int(7)],
      [{ $hour: { date: '$at', timezone: 'Europe/Moscow' } }, int(4)],
      [{ $hour: { date: '$at', timezone: '-02:30' } }, int(23)],
      [{ $year: '$nothing' }, null],
      [{ $dateTrunc: { date: '$at', unit: 'day' } }, date('2026-03-29T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'day', timezone: 'Europe/Berlin' } }, date('2026-03-28T23:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'week' } }, date('2026-03-29T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'week', startOfWeek: 'monday' } }, date('2026-03-23T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'month' } }, date('2026-03-01T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'quarter' } }, date('2026-01-01T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'minute', binSize: 15 } }, date('2026-03-29T01:30:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'hour', binSize: 6 } }, date('2026-03-29T00:00:00Z')],
      [
        // The day of the change to summer time has 23 hours; its week, and the night before it, are whole.
        { $dateTrunc: { date: '$at', unit: 'week', startOfWeek: 'mon', timezone: 'Europe/Berlin' } },
        date('2026-03-22T23:00:00Z'),
      ],
      [
        { $dateTrunc: { date: '$at', unit: 'year', timezone: 'Asia/Vladivostok' } },
        date('2025-12-31T14:00:00Z'),
      ],
      [
        { $dateTrunc: { date: date('2026-05-05T00:00:00Z'), unit: 'month', binSize: 2 } },
        date('2026-05-01T00:00:00Z'),
      ],
      [{ $dateTrunc: { date: null, unit: 'day' } }, null],
    ],
    lists: [
      [{ $size: '$l' }, int(5)],
      [{ $in: [double(2), '$l.n'] }, true],
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
      [{ $add: [1], $subtract: [1, 2] }, 15983],
      [{ $subtract: [1] }, 16020],
      ['$$nothing', 17276],
      ['$', 15998],
      ['$a..b', 15998],
      [{ 'a.b': 1 }, 16412],
      [{ $add: ['x', 1] }, 14],
      [{ $divide: [1, 0] }, 2],
      [{ $mod: [1, 0] }, 16610],
      [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
      [{ $size: 1 }, 17124],
      [{ $in: [1, 2] }, 40081],
      [{ $year: 'x' }, 16006],
      [{ $hour: { date: new Date(), timezone: 'No/Where' } }, 40485],
      [{ $cond: { if: 1, then: 2 } }, 17082],
      [{ $dateTrunc: { date: new Date(), unit: 'fortnight' } }, 9],
      [{ $dateTrunc: { date: new Date(), unit: 'day', binSize: 0 } }, 5439018],
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

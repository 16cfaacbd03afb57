// biome-ignore-all lint/suspicious/noThenProperty: $cond and $switch have an operand of that name
import { Binary, Decimal128, type Document, Double, Int32, Long, ObjectId } from 'bson';
import { MongoError } from '../errors.ts';
import { compileExpression, evaluateVariables } from './expressions.ts';

const value = (expression: unknown, document: Document = {}, variables?: Document) =>
  compileExpression(expression, variables)(document);
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
      [{ $let: { vars: { x: { $add: ['$a', 1] }, y: 2 }, in: { $add: ['$$x', '$$y'] } } }, int(4)],
      [{ $let: { vars: { x: 1 }, in: { $let: { vars: { x: 2, y: '$$x' }, in: ['$$x', '$$y'] } } } }, [2, 1]],
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
      [{ $add: [Decimal128.fromString('0.1'), Decimal128.fromString('0.2')] }, Decimal128.fromString('0.3')],
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
      [{ $pow: [int(2), int(10)] }, int(1024)],
      [{ $sqrt: int(9) }, double(3)],
      [{ $sum: [int(1), 'x', double(0.5)] }, double(1.5)],
      [{ $sum: '$l.n' }, int(3)],
      [{ $avg: [int(1), int(2)] }, double(1.5)],
      [{ $avg: '$nothing' }, null],
      [{ $max: ['$a', null, int(7)] }, int(7)],
      [{ $min: '$l.n' }, int(1)],
    ],
    text: [
      [{ $concat: ['a', '$s'] }, 'aHello'],
      [{ $concat: ['a', null] }, null],
      [{ $toLower: '$s' }, 'hello'],
      [{ $toUpper: '$nothing' }, ''],
      [{ $toUpper: 'aя' }, 'Aя'],
      [{ $substrCP: ['приВет', 3, 2] }, 'Ве'],
      [{ $substrBytes: ['hello', 1, -1] }, 'ello'],
      [{ $strLenCP: '\u{1f600}я' }, int(2)],
      [{ $strLenBytes: 'я' }, int(2)],
      [{ $split: ['a-b-c', '-'] }, ['a', 'b', 'c']],
      [{ $indexOfCP: ['привет', 'в'] }, int(3)],
      [{ $indexOfBytes: ['привет', 'в'] }, int(6)],
      [{ $trim: { input: '  x ' } }, 'x'],
      [{ $ltrim: { input: '00x0', chars: '0' } }, 'x0'],
      [{ $replaceAll: { input: 'a.b.c', find: '.', replacement: '-' } }, 'a-b-c'],
      [{ $replaceOne: { input: 'a.b.c', find: '.', replacement: '-' } }, 'a-b.c'],
      [{ $regexMatch: { input: '$s', regex: '^h', options: 'i' } }, true],
      [{ $regexMatch: { input: '$nothing', regex: /x/ } }, false],
      [
        { $regexFind: { input: 'я12', regex: /(\d)(\d)/ } },
        { match: '12', idx: int(1), captures: ['1', '2'] },
      ],
      [{ $strcasecmp: ['a', 'B'] }, int(-1)],
    ],
    conversions: [
      [{ $type: '$nothing' }, 'missing'],
      [{ $type: '$id' }, 'objectId'],
      [{ $type: int(1) }, 'int'],
      [{ $isNumber: long(1) }, true],
      [{ $toString: '$id' }, '65a0f00000000000000000aa'],
      [{ $toString: double(2.5) }, '2.5'],
      [{ $toString: '$at' }, '2026-03-29T01:30:15.250Z'],
      [{ $toInt: '12' }, int(12)],
      [{ $toInt: double(1.9) }, int(1)],
      [{ $toLong: '$at' }, long(date('2026-03-29T01:30:15.250Z').getTime())],
      [{ $toDouble: '1.5' }, double(1.5)],
      [{ $toDecimal: '0.10' }, Decimal128.fromString('0.10')],
      [{ $toBool: 'false' }, true],
      [{ $toDate: '2026-03-29' }, date('2026-03-29T00:00:00Z')],
      [{ $toDate: '2026-03-29T10:00:00+03:00' }, date('2026-03-29T07:00:00Z')],
      [{ $toDate: '$id' }, new ObjectId('65a0f00000000000000000aa').getTimestamp()],
      [{ $toObjectId: '65a0f00000000000000000aa' }, new ObjectId('65a0f00000000000000000aa')],
      [{ $convert: { input: 'x', to: 'int', onError: 'bad' } }, 'bad'],
      [{ $convert: { input: null, to: 'int', onNull: 0 } }, 0],
      [{ $toInt: null }, null],
    ],
    dates: [
      [{ $year: '$at' }, int(2026)],
      [{ $month: '$at' }, int(3)],
      [{ $dayOfWeek: '$at' }, int(1)],
      [{ $isoDayOfWeek: '$at' }, int(7)],
      [{ $isoWeek: '$at' }, int(13)],
      [{ $dayOfYear: '$at' }, int(88)],
      [{ $hour: { date: '$at', timezone: 'Europe/Moscow' } }, int(4)],
      [{ $hour: { date: '$at', timezone: '-02:30' } }, int(23)],
      [{ $year: '$nothing' }, null],
      [{ $dateToString: { date: '$at' } }, '2026-03-29T01:30:15.250Z'],
      [
        { $dateToString: { date: '$at', format: '%Y-%m-%d %H:%M %z', timezone: 'Europe/Berlin' } },
        '2026-03-29 03:30 +0200',
      ],
      [{ $dateToString: { date: '$nothing', onNull: '-' } }, '-'],
      [{ $dateTrunc: { date: '$at', unit: 'day' } }, date('2026-03-29T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'day', timezone: 'Europe/Berlin' } }, date('2026-03-28T23:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'week' } }, date('2026-03-29T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'week', startOfWeek: 'monday' } }, date('2026-03-23T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'month' } }, date('2026-03-01T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'quarter' } }, date('2026-01-01T00:00:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'minute', binSize: 15 } }, date('2026-03-29T01:30:00Z')],
      [{ $dateTrunc: { date: '$at', unit: 'hour', binSize: 6 } }, date('2026-03-29T00:00:00Z')],
      [
        { $dateAdd: { startDate: date('2026-01-31T10:00:00Z'), unit: 'month', amount: 1 } },
        date('2026-02-28T10:00:00Z'),
      ],
      [
        // Over the change to summer time a day is a calendar day, not 24 hours.
        {
          $dateAdd: {
            startDate: date('2026-03-28T11:00:00Z'),
            unit: 'day',
            amount: 1,
            timezone: 'Europe/Berlin',
          },
        },
        date('2026-03-29T10:00:00Z'),
      ],
      [
        {
          $dateDiff: {
            startDate: date('2025-12-31T23:00:00Z'),
            endDate: date('2026-01-01T01:00:00Z'),
            unit: 'year',
          },
        },
        long(1),
      ],
      [
        {
          $dateDiff: {
            startDate: date('2026-01-01T00:00:00Z'),
            endDate: date('2026-01-08T00:00:00Z'),
            unit: 'week',
          },
        },
        long(1),
      ],
      [{ $dateFromParts: { year: 2026, month: 14 } }, date('2027-02-01T00:00:00Z')],
      [{ $dateFromParts: { year: 2026, hour: 12, timezone: 'Europe/Moscow' } }, date('2026-01-01T09:00:00Z')],
      [
        { $dateFromString: { dateString: '2026-01-01T00:00:00', timezone: 'Europe/Moscow' } },
        date('2025-12-31T21:00:00Z'),
      ],
    ],
    lists: [
      [{ $size: '$l' }, int(5)],
      [{ $isArray: '$l' }, true],
      [{ $isArray: [[1]] }, true],
      [{ $arrayElemAt: ['$l.n', -1] }, int(2)],
      [{ $arrayElemAt: ['$l.n', 9] }, undefined],
      [{ $first: '$l.n' }, int(1)],
      [{ $last: '$l.n' }, int(2)],
      [{ $slice: [[1, 2, 3], -2] }, [2, 3]],
      [{ $slice: [[1, 2, 3], 1, 1] }, [2]],
      [{ $concatArrays: [[1], '$l.n'] }, [1, int(1), int(2)]],
      [{ $in: [double(2), '$l.n'] }, true],
      [{ $indexOfArray: ['$l.n', 2] }, int(1)],
      [{ $range: [0, 6, 2] }, [int(0), int(2), int(4)]],
      [{ $reverseArray: [[1, 2]] }, [2, 1]],
      [{ $filter: { input: '$l.n', as: 'x', cond: { $gt: ['$$x', 1] } } }, [int(2)]],
      [{ $filter: { input: [1, 2, 3], cond: { $gt: ['$$this', 1] }, limit: 1 } }, [2]],
      [{ $map: { input: '$l.n', as: 'x', in: { $multiply: ['$$x', '$a', 2] } } }, [int(2), int(4)]],
      [
        {
          $map: {
            input: [[1, 2], [3]],
            as: 'x',
            in: { $map: { input: '$$x', as: 'y', in: ['$$y', { $size: '$$x' }] } },
          },
        },
        [
          [
            [1, int(2)],
            [2, int(2)],
          ],
          [[3, int(1)]],
        ],
      ],
      [{ $reduce: { input: ['a', 'b'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } }, 'ab'],
      [{ $sortArray: { input: [3, 1, 2], sortBy: -1 } }, [3, 2, 1]],
      [{ $zip: { inputs: [[1, 2], ['a']] } }, [[1, 'a']]],
      [
        {
          $setUnion: [
            [2, 1],
            [1, 3],
          ],
        },
        [1, 2, 3],
      ],
      [
        {
          $setIntersection: [
            [2, 1],
            [1, 3],
          ],
        },
        [1],
      ],
      [{ $setDifference: [[1, 2], [2]] }, [1]],
      [{ $setIsSubset: [[1], [1, 2]] }, true],
      [
        {
          $setEquals: [
            [1, 2, 2],
            [2, 1],
          ],
        },
        true,
      ],
      [{ $anyElementTrue: [[0, 1]] }, true],
    ],
    documents: [
      [{ $mergeObjects: ['$b', { d: 1 }, null] }, { c: 'x', d: 1 }],
      [{ $objectToArray: '$b' }, [{ k: 'c', v: 'x' }]],
      [{ $arrayToObject: [[['k', 1]]] }, { k: 1 }],
      [{ $arrayToObject: { $literal: [{ k: 'a.b', v: 1 }] } }, { 'a.b': 1 }],
      [{ $getField: 'a' }, int(1)],
      [{ $getField: { field: 'c', input: '$b' } }, 'x'],
      [{ $setField: { field: 'd.e', input: '$b', value: 1 } }, { c: 'x', 'd.e': 1 }],
      [{ $unsetField: { field: 'c', input: '$b' } }, {}],
      [{ $binarySize: new Binary(Buffer.from('abc')) }, int(3)],
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
      ['$', 16872],
      ['$a..b', 15998],
      [{ 'a.b': 1 }, 16412],
      [{ $add: ['x', 1] }, 14],
      [{ $divide: [1, 0] }, 2],
      [{ $mod: [1, 0] }, 16610],
      [{ $concat: [1] }, 16702],
      [{ $toInt: 'x' }, 241],
      [{ $toInt: double(1e20) }, 241],
      [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
      [{ $size: 1 }, 17124],
      [{ $in: [1, 2] }, 40081],
      [{ $year: 'x' }, 16006],
      [{ $hour: { date: new Date(), timezone: 'No/Where' } }, 40485],
      [{ $cond: { if: 1, then: 2 } }, 17082],
      [{ $filter: { input: [], foo: 1 } }, 9],
      [{ $function: {} }, 31264],
    ];
    for (const [expression, code] of bad) {
      expect({ expression, code: codeOf(() => value(expression)) }).toStrictEqual({ expression, code });
    }
  });

  it('reads variables of the command, and one NOW for all', () => {
    const now = date('2026-01-01T00:00:00Z');
    const variables = evaluateVariables(
      { x: { $add: [1, 2] }, y: { $dateAdd: { startDate: '$$NOW', unit: 'day', amount: 1 } } },
      now,
    );
    expect(value(['$$x', '$$y', '$$NOW'], {}, variables)).toStrictEqual([
      int(3),
      date('2026-01-02T00:00:00Z'),
      now,
    ]);
    expect(codeOf(() => evaluateVariables({ Upper: 1 }, now))).toBe(9);
  });
});

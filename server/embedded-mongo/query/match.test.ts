import { Binary, BSONRegExp, type Document, Double, Int32, Long, MaxKey, MinKey, ObjectId } from 'bson';
import fc from 'fast-check';
import { MongoError } from '../errors.ts';
import { anyDocument, anyName, anyValue, runs } from '../test/arbitraries.ts';
import { compareValues } from '../values/compare.ts';
import { valuesAt } from '../values/paths.ts';
import { compileFilter, equalityFields } from './match.ts';

const matches = (filter: Document, document: Document) => compileFilter(filter)(document);
const codeOf = (run: () => unknown): number | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return undefined;
};

type Row = [filter: Document, document: Document, matches: boolean];

describe(compileFilter.name, () => {
  const table: Record<string, Row[]> = {
    'numbers of all types are one class': [
      [{ a: new Int32(1) }, { a: Long.fromNumber(1) }, true],
      [{ a: { $gt: new Double(2 ** 53) } }, { a: Long.fromBigInt(2n ** 53n + 1n) }, true],
      [{ a: { $in: [new Double(5)] } }, { a: new Int32(5) }, true],
      [{ a: { $in: [Long.fromBigInt(2n ** 53n + 1n)] } }, { a: new Double(2 ** 53) }, false],
      [{ a: new Double(Number.NaN) }, { a: new Double(Number.NaN) }, true],
      [{ a: { $lt: 5 } }, { a: new Double(Number.NaN) }, false],
      [{ a: { $gte: new Double(Number.NaN) } }, { a: new Double(Number.NaN) }, true],
      [{ a: { $gte: new Double(Number.NaN) } }, { a: 1 }, false],
    ],
    'ranges stay inside the class of the operand': [
      [{ a: { $gt: 5 } }, { a: 'x' }, false],
      [{ a: { $lt: 'b' } }, { a: 'a' }, true],
      [{ a: { $lt: 'b' } }, { a: 1 }, false],
      [{ a: { $gt: new Date(0) } }, { a: new Date(1) }, true],
      [{ a: { $gt: new Date(0) } }, { a: 5 }, false],
      [{ a: { $gt: true } }, { a: 1 }, false],
      [{ a: { $gte: { x: 1 } } }, { a: { x: 2 } }, true],
    ],
    'MinKey and MaxKey bound every value': [
      [{ a: { $lt: new MaxKey() } }, { a: 'x' }, true],
      [{ a: { $gt: new MinKey() } }, { a: null }, true],
      [{ a: { $gt: new MaxKey() } }, { a: 'x' }, false],
      [{ a: new MinKey() }, { a: new MinKey() }, true],
      [{ a: new MinKey() }, { a: 1 }, false],
      [{ a: { $gte: new MaxKey() } }, { a: new MaxKey() }, true],
    ],
    'null means null or missing': [
      [{ a: null }, {}, true],
      [{ a: null }, { a: null }, true],
      [{ a: null }, { a: 0 }, false],
      [{ a: { $gte: null } }, {}, true],
      [{ a: { $lte: null } }, { a: null }, true],
      [{ a: { $gt: null } }, { a: null }, false],
      [{ a: { $ne: null } }, {}, false],
      [{ a: { $ne: null } }, { a: [] }, true],
      [{ a: { $in: [null] } }, {}, true],
      [{ a: { $nin: [null] } }, {}, false],
      [{ 'a.b': null }, { a: [{ b: 1 }, {}] }, true],
      [{ 'a.b': null }, { a: [{ b: 1 }, { b: 2 }] }, false],
      [{ 'a.b': null }, { a: 4 }, true],
      [{ 'a.b': null }, { a: [] }, false],
      [{ 'a.b': null }, { a: [1, 2] }, false],
      [{ a: null }, { a: [] }, false],
      [{ a: null }, { a: [null] }, true],
    ],
    'arrays match by element and as a whole': [
      [{ a: 2 }, { a: [1, 2] }, true],
      [{ a: [1, 2] }, { a: [1, 2] }, true],
      [{ a: [1, 2] }, { a: [[1, 2]] }, true],
      [{ a: [2, 1] }, { a: [1, 2] }, false],
      [{ a: [] }, { a: [] }, true],
      [{ a: { $gt: 1, $lt: 0 } }, { a: [-1, 2] }, true],
      [{ 'a.0': 1 }, { a: [1, 2] }, true],
      [{ 'a.1': 1 }, { a: [1, 2] }, false],
      [{ 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
      [{ 'a.b': 2 }, { a: [[{ b: 2 }]] }, false],
      [{ 'a.0.b': 2 }, { a: [{ b: 2 }] }, true],
      [{ 'a.0.b': 2 }, { a: [[{ b: 2 }]] }, true],
      [{ 'a.0': 1 }, { a: [[1, 2]] }, false],
      [{ 'a.0': 1 }, { a: { 0: 1 } }, true],
      [{ 'a.0.0': 1 }, { a: [[1, 2]] }, true],
      [{ a: { $ne: 2 } }, { a: [1, 2] }, false],
      [{ a: { $nin: [2, 3] } }, { a: [1, 2] }, false],
      [{ a: { $not: { $gt: 1 } } }, { a: [0, 2] }, false],
    ],
    'documents are equal with the same fields in the same order': [
      [{ a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 } }, true],
      [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, false],
      [{ a: { x: 1 } }, { a: { x: 1, y: 2 } }, false],
      [{ a: {} }, { a: {} }, true],
      [{ a: {} }, { a: { x: 1 } }, false],
    ],
    'binary values differ by subtype': [
      [{ a: new Binary(Buffer.from('x'), 0) }, { a: new Binary(Buffer.from('x'), 0) }, true],
      [{ a: new Binary(Buffer.from('x'), 0) }, { a: new Binary(Buffer.from('x'), 5) }, false],
    ],
    '$exists, $type and $size': [
      [{ a: { $exists: true } }, { a: null }, true],
      [{ a: { $exists: false } }, {}, true],
      [{ 'a.b': { $exists: false } }, { a: [] }, true],
      [{ 'a.b': { $exists: true } }, { a: [{ b: 1 }, {}] }, true],
      [{ a: { $exists: new Int32(0) } }, { a: 1 }, false],
      [{ a: { $type: 'int' } }, { a: new Int32(1) }, true],
      [{ a: { $type: 'double' } }, { a: new Int32(1) }, false],
      [{ a: { $type: ['string', 'null'] } }, { a: null }, true],
      [{ a: { $type: 'null' } }, {}, false],
      [{ a: { $type: 'array' } }, { a: [] }, true],
      [{ a: { $type: 'string' } }, { a: [1, 'x'] }, true],
      [{ a: { $type: 7 } }, { a: new ObjectId() }, true],
      [{ a: { $size: 2 } }, { a: [1, 2] }, true],
      [{ a: { $size: 2 } }, { a: [[1, 2]] }, false],
      [{ a: { $size: new Double(0) } }, { a: [] }, true],
      [{ 'a.b': { $size: 1 } }, { a: [{ b: [1] }] }, true],
    ],
    $all: [
      [{ a: { $all: [1] } }, { a: 1 }, true],
      [{ a: { $all: [1, 2] } }, { a: [2, 3, 1] }, true],
      [{ a: { $all: [1, 2] } }, { a: [1] }, false],
      [{ a: { $all: [] } }, { a: [] }, false],
      [{ a: { $all: [[1, 2]] } }, { a: [1, 2] }, true],
      [
        { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
        { a: [{ x: 1 }, { x: 2 }] },
        true,
      ],
      [{ a: { $all: [/^x/, 'y'] } }, { a: ['xa', 'y'] }, true],
    ],
    $elemMatch: [
      [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [2] }, true],
      [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 5] }, false],
      [{ a: { $elemMatch: { $gt: 1 } } }, { a: 2 }, false],
      [{ a: { $elemMatch: { x: 1, y: 1 } } }, { a: [{ x: 1 }, { y: 1 }] }, false],
      [{ a: { $elemMatch: { x: 1, y: 1 } } }, { a: [{ x: 1, y: 1 }] }, true],
      [{ a: { $elemMatch: { $or: [{ x: 1 }, { y: 2 }] } } }, { a: [{ y: 2 }] }, true],
      [{ a: { $elemMatch: { $ne: 1 } } }, { a: [1, 2] }, true],
      [{ a: { $elemMatch: { $in: [1] } } }, { a: [[1]] }, false],
      [{ a: { $elemMatch: { 0: 1 } } }, { a: [[1]] }, true],
      [{ 'a.b': { $elemMatch: { $eq: 1 } } }, { a: [{ b: [1] }] }, true],
      [{ a: { $not: { $elemMatch: { $gt: 1 } } } }, { a: [0] }, true],
    ],
    'regular expressions': [
      [{ a: /^ab/ }, { a: 'abc' }, true],
      [{ a: new BSONRegExp('^AB', 'i') }, { a: 'abc' }, true],
      [{ a: { $regex: '^AB', $options: 'i' } }, { a: 'abc' }, true],
      [{ a: { $regex: '[$]\\$$' } }, { a: '$$\n' }, true],
      [{ a: { $regex: 'a.b', $options: 's' } }, { a: 'a\nb' }, true],
      [{ a: { $regex: '^b', $options: 'm' } }, { a: 'a\nb' }, true],
      [{ a: { $regex: 'a$' } }, { a: 'a\n' }, true],
      [{ a: { $regex: '^привет$', $options: 'i' } }, { a: 'ПРИВЕТ' }, true],
      [{ a: { $regex: 'a\\-b' } }, { a: 'a-b' }, true],
      [{ a: { $in: [/^x/, 'y'] } }, { a: 'xx' }, true],
      [{ a: { $not: /^x/ } }, { a: 'y' }, true],
      [{ a: { $not: /^x/ } }, { a: 5 }, true],
      [{ a: /1/ }, { a: 1 }, false],
      [{ a: new BSONRegExp('x', 'i') }, { a: new BSONRegExp('x', 'i') }, true],
      [{ a: { $eq: /x/ } }, { a: 'x' }, false],
    ],
    'logic and $comment': [
      [{ $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
      [{ $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
      [{ $nor: [{ a: 1 }, { b: 2 }] }, { a: 3 }, true],
      [{ $comment: 'why', a: 1 }, { a: 1 }, true],
      [{ a: { $eq: 1, $comment: 'why' } }, { a: 1 }, true],
      [{}, { a: 1 }, true],
    ],
    '$expr compares values whole, and missing is below null': [
      [{ $expr: { $gt: ['$a', '$b'] } }, { a: 2, b: 1 }, true],
      [{ $expr: { $gt: ['$a', 5] } }, { a: 'text' }, true],
      [{ $expr: { $eq: ['$a', null] } }, {}, false],
      [{ $expr: { $lt: ['$a', null] } }, {}, true],
      [{ $expr: { $eq: ['$a', 1] } }, { a: [1] }, false],
      [{ $expr: '$a' }, { a: 0 }, false],
    ],
    'names that hurt JavaScript are names': [
      [{ constructor: null }, {}, true],
      [{ 'a.toString': { $exists: true } }, { a: {} }, false],
      [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'), true],
      [JSON.parse('{"__proto__":{"$exists":true}}'), {}, false],
    ],
  };
  for (const [name, rows] of Object.entries(table)) {
    it(name, () => {
      for (const [filter, document, expected] of rows) {
        expect({ filter, document, matches: matches(filter, document) }).toEqual({
          filter,
          document,
          matches: expected,
        });
      }
    });
  }

  it('refuses what MongoDB refuses, by its code', () => {
    const bad: [Document, number][] = [
      [{ $foo: 1 }, 2],
      [{ a: { $foo: 1 } }, 2],
      [{ a: { $gt: 1, b: 2 } }, 2],
      [{ $and: [] }, 2],
      [{ $or: {} }, 2],
      [{ $or: [1] }, 2],
      [{ a: { $in: 1 } }, 2],
      [{ a: { $in: [{ $gt: 1 }] } }, 2],
      [{ a: { $not: 1 } }, 2],
      [{ a: { $not: {} } }, 2],
      [{ a: { $size: 'x' } }, 2],
      [{ a: { $size: -1 } }, 2],
      [{ a: { $type: 'nothing' } }, 2],
      [{ a: { $options: 'i' } }, 2],
      [{ a: { $regex: '(' } }, 51091],
      [{ a: { $regex: 'a', $options: 'q' } }, 51108],
      [{ a: { $ne: /x/ } }, 2],
      [{ $expr: { $foo: 1 } }, 168],
      [{ $expr: '$$nothing' }, 17276],
    ];
    for (const [filter, code] of bad) {
      expect({ filter, code: codeOf(() => compileFilter(filter)) }).toEqual({ filter, code });
    }
  });

  const operand = anyValue.filter((value) => value !== undefined);
  const isPlain = (value: unknown) => {
    try {
      compileFilter({ a: value as Document });
      return true;
    } catch {
      return false;
    }
  };

  it('holds that a negation is the complement', () => {
    const conditions = fc.oneof(
      fc.tuple(fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte'), operand).map(([op, v]) => ({ [op]: v })),
      fc.array(operand, { maxLength: 3 }).map((list) => ({ $in: list })),
      fc.constantFrom({ $exists: true }, { $type: 'number' }, { $size: 1 }, { $elemMatch: { $gt: 0 } }),
    );
    const path = fc.constantFrom('a', 'a.b', 'b.0', 'a.0.b', '__proto__.a');
    fc.assert(
      fc.property(path, conditions.filter(isPlain), anyDocument, (name, condition, document) => {
        const yes = matches({ [name]: condition }, document);
        expect(matches({ [name]: { $not: condition } }, document)).toBe(!yes);
        expect(matches({ $nor: [{ [name]: condition }] }, document)).toBe(!yes);
        expect(matches({ $or: [{ [name]: condition }] }, document)).toBe(yes);
        expect(matches({ $and: [{ [name]: condition }, {}] }, document)).toBe(yes);
        if ('$in' in condition) expect(matches({ [name]: { $nin: condition.$in } }, document)).toBe(!yes);
        if ('$eq' in condition && isPlain({ $ne: condition.$eq })) {
          expect(matches({ [name]: { $ne: condition.$eq } }, document)).toBe(!yes);
        }
      }),
      runs(5000),
    );
  });

  it('holds that $gte is $gt or $eq, and that $in is an $or of equalities', () => {
    const value = operand.filter((v) => isPlain({ $gt: v }) && isPlain({ $in: [v] }));
    fc.assert(
      fc.property(anyName, value, value, anyDocument, (name, a, b, document) => {
        const test = (condition: Document) => matches({ [name]: condition }, document);
        expect(test({ $gte: a })).toBe(test({ $gt: a }) || test({ $eq: a }));
        expect(test({ $lte: a })).toBe(test({ $lt: a }) || test({ $eq: a }));
        expect(test({ $in: [a, b] })).toBe(test({ $eq: a }) || test({ $eq: b }));
      }),
      runs(5000),
    );
  });

  it('holds that equality finds exactly the documents that have the value at the path', () => {
    fc.assert(
      fc.property(anyName, operand, anyDocument, (name, value, document) => {
        const found = valuesAt(document, name).some((at) => compareValues(at, value) === 0);
        const missing = value === null && !Object.hasOwn(document, name);
        expect(matches({ [name]: { $eq: value } }, document)).toBe(found || missing);
      }),
      runs(5000),
    );
  });
});

describe(equalityFields.name, () => {
  it('finds what a filter fixes', () => {
    const filter = {
      a: 1,
      b: { $eq: 2 },
      c: { $gt: 3 },
      'd.e': null,
      f: /x/,
      $and: [{ g: { $in: [7] } }, { h: { $all: [8] } }],
      $or: [{ i: 1 }, { j: 1 }],
      k: { $in: [1, 2] },
    };
    expect(equalityFields(filter)).toEqual([
      { path: 'a', value: 1 },
      { path: 'b', value: 2 },
      { path: 'd.e', value: null },
      { path: 'g', value: 7 },
      { path: 'h', value: 8 },
    ]);
    expect(codeOf(() => equalityFields({ a: 1, $and: [{ a: 2 }] }))).toBe(54);
  });
});

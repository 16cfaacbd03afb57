import { Binary, BSONRegExp, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { encodeKey, encodeValue } from '../index/key-encoding.ts';
import { anyNumber, anyValue, runs } from '../test/arbitraries.ts';
import { compareValues, identicalValues } from './compare.ts';

const sign = (x: number) => (x < 0 ? -1 : x > 0 ? 1 : 0);

describe(compareValues.name, () => {
  it('orders the classes as MongoDB does', () => {
    const ascending = [
      new MinKey(),
      undefined,
      null,
      new Double(Number.NaN),
      new Int32(-1),
      '',
      {},
      [],
      new Binary(Buffer.alloc(0)),
      new ObjectId('000000000000000000000000'),
      false,
      true,
      new Date(0),
      new Timestamp({ t: 0, i: 0 }),
      new BSONRegExp('a'),
      new MaxKey(),
    ];
    for (let i = 0; i < ascending.length; i++) {
      for (let k = 0; k < ascending.length; k++) {
        expect(sign(compareValues(ascending[i], ascending[k]))).toBe(sign(i - k));
        expect(sign(Buffer.compare(encodeValue(ascending[i]), encodeValue(ascending[k])))).toBe(sign(i - k));
      }
    }
  });

  it('compares numbers of all types exactly', () => {
    const ascending = [
      new Double(Number.NaN),
      new Double(-Infinity),
      new Double(-Number.MAX_VALUE),
      Long.MIN_VALUE,
      new Int32(-3),
      new Double(-0),
      new Double(5e-324),
      new Double(0.1), // 0.1000000000000000055…
      new Int32(1),
      new Double(2 ** 53),
      Long.fromBigInt(2n ** 53n + 1n),
      new Double(2 ** 53 + 2),
      Long.MAX_VALUE,
      new Double(2 ** 63),
      new Double(Infinity),
    ];
    for (let i = 0; i < ascending.length; i++) {
      for (let k = 0; k < ascending.length; k++) {
        expect(sign(compareValues(ascending[i], ascending[k]))).toBe(sign(i - k));
        expect(sign(Buffer.compare(encodeValue(ascending[i]), encodeValue(ascending[k])))).toBe(sign(i - k));
      }
    }
    expect(compareValues(new Int32(1), Long.fromNumber(1))).toBe(0);
  });

  it('compares strings by code point and documents by class, name, value', () => {
    expect(compareValues('\uffff', '\u{10000}')).toBe(-1);
    expect(compareValues({ b: new Int32(1) }, { a: 'x' })).toBe(-1);
    expect(compareValues({ a: 1, b: 1 }, { b: 1, a: 1 })).toBe(-1);
    expect(compareValues({ a: 1 }, { a: 1, b: 1 })).toBe(-1);
    expect(compareValues(new Binary(Buffer.from([1]), 5), new Binary(Buffer.from([2]), 0))).toBe(1);
    expect(compareValues(new Binary(Buffer.from([9])), new Binary(Buffer.from([0, 0])))).toBe(-1);
  });

  it('knows identity from equality', () => {
    expect(identicalValues(new Int32(1), new Double(1))).toBe(false);
    expect(identicalValues({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false);
    expect(identicalValues([new Int32(1), { a: 'x' }], [new Int32(1), { a: 'x' }])).toBe(true);
  });
});

describe(encodeKey.name, () => {
  it('keeps the order of any two values', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const order = sign(compareValues(a, b));
        expect(sign(Buffer.compare(encodeValue(a), encodeValue(b)))).toBe(order);
        expect(sign(Buffer.compare(encodeKey([a], [-1]), encodeKey([b], [-1])))).toBe(0 - order || 0);
        expect(compareValues(b, a)).toBe(0 - order || 0);
      }),
      runs(5000),
    );
  });

  it('keeps the order of any two numbers', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        expect(sign(Buffer.compare(encodeValue(a), encodeValue(b)))).toBe(sign(compareValues(a, b)));
      }),
      runs(5000),
    );
  });

  it('orders compound keys field by field, and a prefix of fields is a prefix of bytes', () => {
    const directions = fc.tuple(fc.constantFrom(1, -1), fc.constantFrom(1, -1)) as fc.Arbitrary<
      [1 | -1, 1 | -1]
    >;
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, anyValue, directions, (a, b, c, d, dirs) => {
        const order = sign(compareValues(a, c)) * dirs[0] || sign(compareValues(b, d)) * dirs[1];
        const x = encodeKey([a, b], dirs);
        const y = encodeKey([c, d], dirs);
        expect(sign(Buffer.compare(x, y))).toBe(order || 0);
        const prefix = encodeKey([a], dirs);
        expect(y.subarray(0, prefix.length).equals(prefix)).toBe(compareValues(a, c) === 0);
      }),
      runs(5000),
    );
  });
});

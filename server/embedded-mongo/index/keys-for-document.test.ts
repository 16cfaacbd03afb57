import { type Document } from 'bson';
import fc from 'fast-check';
import { MongoError } from '../errors.ts';
import { anyValue, runs } from '../test/arbitraries.ts';
import { cutKey, Index } from './index.ts';
import { encodeKey, keysForDocument } from './key-encoding.ts';

describe(keysForDocument.name, () => {
  it('gives one entry for plain values and null for what is missing', () => {
    expect(keysForDocument({ a: 1, b: { c: 2 } }, { a: 1, 'b.c': -1, d: 1 })).toEqual([[1, 2, null]]);
    expect(keysForDocument({ a: 5 }, { 'a.b': 1 })).toEqual([[null]]);
  });

  it('gives an entry for each element of one array', () => {
    expect(keysForDocument({ a: [1, 2], b: 3 }, { b: 1, a: 1 })).toEqual([
      [3, 1],
      [3, 2],
    ]);
    expect(keysForDocument({ a: [{ b: 1, c: 2 }, { b: 3 }, 7] }, { 'a.b': 1, 'a.c': 1 })).toEqual([
      [1, 2],
      [3, null],
      [null, null],
    ]);
    expect(keysForDocument({ a: [[1, 2]] }, { a: 1 })).toEqual([[[1, 2]]]);
    expect(keysForDocument({ a: [{ b: [1, 2] }] }, { 'a.b': 1 })).toEqual([[1], [2]]);
  });

  it('gives undefined for an empty array, null for a path below it', () => {
    expect(keysForDocument({ a: [] }, { a: 1, 'a.b': 1 })).toEqual([[undefined, null]]);
  });

  it('takes a numeric part as a position', () => {
    expect(keysForDocument({ a: [5, 6] }, { 'a.1': 1 })).toEqual([[6]]);
    expect(keysForDocument({ a: [{ b: 1 }] }, { 'a.0.b': 1 })).toEqual([[1]]);
  });

  it('refuses two parallel arrays', () => {
    expect(() => keysForDocument({ a: [1], b: [2] }, { a: 1, b: 1 })).toThrow(MongoError);
    try {
      keysForDocument({ a: [1], b: [2] }, { a: 1, b: 1 });
    } catch (error) {
      expect(error).toMatchObject({ code: 171, codeName: 'CannotIndexParallelArrays' });
    }
  });
});

describe('the keys of an index', () => {
  const indexOf = (key: Document) =>
    new Index({
      id: 1,
      name: 'i',
      key,
      unique: false,
      multikey: [],
      ready: true,
    });

  it('are those of each entry, once each, whatever they share', () => {
    const patterns = fc.constantFrom<Document>(
      { a: 1, b: -1, _id: -1 },
      { b: 1, a: -1, _id: 1 },
      { a: 1 },
      { a: -1, 'c.d': 1 },
      { 'c.d': 1, a: 1, b: 1 },
    );
    const documents = fc.record({
      _id: fc.string(),
      a: fc.oneof(anyValue, fc.array(anyValue, { maxLength: 5 }), fc.constant('x'.repeat(2_500))),
      b: anyValue,
      c: fc.oneof(anyValue, fc.record({ d: anyValue })),
    });
    fc.assert(
      fc.property(patterns, documents, (pattern, document) => {
        let entries: unknown[][];
        try {
          entries = keysForDocument(document, pattern);
        } catch (error) {
          expect(() => indexOf(pattern).encodedKeys(document)).toThrow((error as Error).message);
          return;
        }
        const directions = Object.values(pattern) as (1 | -1)[];
        const wanted = entries.map((entry) => cutKey(encodeKey(entry, directions)).toString('hex'));
        const keys = indexOf(pattern).encodedKeys(document);
        expect(keys.map((key) => key.toString('hex'))).toEqual([...new Set(wanted)]);
      }),
      runs(3_000),
    );
  });
});

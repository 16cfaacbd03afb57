import { MongoError } from '../errors.ts';
import { keysForDocument } from './key-encoding.ts';

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

import { type Document, Double, Int32, MaxKey, MinKey } from 'bson';
import { MongoError } from '../errors.ts';
import { compileAddFields, compileProject, compileProjection, compileUnset } from './projection.ts';
import { compileSorter } from './sort.ts';

const codeOf = (run: () => unknown): number | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return undefined;
};

describe(compileSorter.name, () => {
  const ids = (documents: Document[], spec: Document) => {
    const sorter = compileSorter(spec);
    return documents
      .map((document) => ({ id: document._id, key: sorter.key(document) }))
      .sort((a, b) => sorter.compareKeys(a.key, b.key))
      .map(({ id }) => id);
  };

  it('orders mixed types; an empty array is below null and missing', () => {
    const documents = [
      { _id: 1, a: 'x' },
      { _id: 2 },
      { _id: 3, a: [] },
      { _id: 4, a: new Double(0.5) },
      { _id: 5, a: new MaxKey() },
      { _id: 6, a: new MinKey() },
      { _id: 7, a: null },
      { _id: 8, a: { z: 1 } },
    ];
    expect(ids(documents, { a: 1 })).toStrictEqual([6, 3, 2, 7, 4, 1, 8, 5]);
    expect(ids(documents, { a: -1 })).toStrictEqual([5, 8, 1, 4, 2, 7, 3, 6]);
  });

  it('takes the smallest element ascending, the largest descending', () => {
    const documents = [
      { _id: 1, a: [5, 1] },
      { _id: 2, a: 2 },
      { _id: 3, a: [3, 9] },
    ];
    expect(ids(documents, { a: 1 })).toStrictEqual([1, 2, 3]);
    expect(ids(documents, { a: -1 })).toStrictEqual([3, 1, 2]);
    expect(
      ids(
        [
          { _id: 1, a: [{ b: 3 }, { b: 1 }] },
          { _id: 2, a: { b: 2 } },
        ],
        { 'a.b': 1 },
      ),
    ).toStrictEqual([1, 2]);
  });

  it('sorts by several fields and refuses parallel arrays', () => {
    const documents = [
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 0, b: 1 },
      { _id: 3, a: 1, b: 2 },
    ];
    expect(ids(documents, { a: -1, b: -1 })).toStrictEqual([3, 1, 2]);
    expect(codeOf(() => ids([{ a: [1], b: [1] }, {}], { a: 1, b: 1 }))).toBe(2);
    expect(codeOf(() => compileSorter({ a: 2 }))).toBe(15975);
    expect(codeOf(() => compileSorter({ a: 'up' }))).toBe(2);
  });
});

describe(compileProjection.name, () => {
  const document = {
    _id: 1,
    a: 1,
    b: { c: 2, d: 3 },
    l: [{ x: 1, y: 2 }, 5, { y: 3 }, [{ x: 9 }]],
    n: [{ m: [1, 2] }, {}],
  };
  const rows: [string, Document, Document][] = [
    ['everything', {}, document],
    ['inclusion', { a: 1 }, { _id: 1, a: 1 }],
    ['inclusion without _id', { a: 1, _id: 0 }, { a: 1 }],
    ['only _id', { _id: 1 }, { _id: 1 }],
    ['exclusion', { l: 0, b: 0, n: 0 }, { _id: 1, a: 1 }],
    ['exclusion of _id', { _id: 0, l: 0, b: 0, n: 0 }, { a: 1 }],
    ['a dotted path', { 'b.c': 1 }, { _id: 1, b: { c: 2 } }],
    ['a nested document', { b: { c: 1 } }, { _id: 1, b: { c: 2 } }],
    ['a path through an array', { 'l.x': 1 }, { _id: 1, l: [{ x: 1 }, {}, [{ x: 9 }]] }],
    [
      'exclusion through an array',
      { 'l.x': 0, b: 0, a: 0, n: 0 },
      { _id: 1, l: [{ y: 2 }, 5, { y: 3 }, [{}]] },
    ],
    ['a path through a scalar', { 'a.z': 1 }, { _id: 1 }],
    ['an expression', { n: { $add: ['$a', 1] }, s: '$b.c' }, { _id: 1, n: new Int32(2), s: 2 }],
    ['a literal', { n: { $literal: 1 }, t: 'text' }, { _id: 1, n: 1, t: 'text' }],
    ['$slice', { l: { $slice: 1 }, b: 0, n: 0 }, { _id: 1, a: 1, l: [{ x: 1, y: 2 }] }],
    ['$slice from the end', { l: { $slice: -1 }, b: 0, n: 0 }, { _id: 1, a: 1, l: [[{ x: 9 }]] }],
    ['$slice with skip', { l: { $slice: [1, 1] }, a: 1 }, { _id: 1, a: 1, l: [5] }],
    ['$slice of a nested array', { 'n.m': { $slice: 1 }, a: 1 }, { _id: 1, a: 1, n: [{ m: [1] }, {}] }],
  ];
  for (const [name, spec, expected] of rows) {
    it(`gives ${name}`, () => expect(compileProjection(spec)(document)).toStrictEqual(expected));
  }

  it('refuses mixtures and collisions', () => {
    expect(codeOf(() => compileProjection({ a: 1, b: 0 }))).toBe(31254);
    expect(codeOf(() => compileProjection({ a: 0, b: 1 }))).toBe(31253);
    expect(codeOf(() => compileProjection({ a: 1, 'a.b': 1 }))).toBe(31249);
    expect(codeOf(() => compileProjection({ 'a.b': 1, a: 1 }))).toBe(31250);
    expect(codeOf(() => compileProjection({ a: { $foo: 1 } }))).toBe(168);
    expect(codeOf(() => compileProject({}))).toBe(51272);
  });

  it('adds and removes fields, also in arrays', () => {
    expect(compileAddFields({ 'b.e': '$a', n: '$nothing' })(document)).toMatchObject({
      b: { c: 2, d: 3, e: 1 },
    });
    expect(compileAddFields({ 'l.z': 1 })({ l: [{ x: 1 }, 5] })).toStrictEqual({
      l: [{ x: 1, z: 1 }, { z: 1 }],
    });
    expect(compileAddFields({ a: '$$REMOVE' })({ a: 1, b: 2 })).toStrictEqual({ b: 2 });
    expect(compileUnset(['a', 'b.c', 'l', 'n'])(document)).toStrictEqual({ _id: 1, b: { d: 3 } });
    expect(Object.keys(document)).toStrictEqual(['_id', 'a', 'b', 'l', 'n']);
  });
});

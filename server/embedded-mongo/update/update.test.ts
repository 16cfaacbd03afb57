import { type Document, Double, Int32, Long, ObjectId } from 'bson';
import fc from 'fast-check';
import { MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { anyDocument, anyNumber, anyValue, runs } from '../test/arbitraries.ts';
import { identicalValues } from '../values/compare.ts';
import { setField } from '../values/types.ts';
import { diffDocuments } from './diff.ts';
import { buildUpsert, compileUpdate, type UpdateDescription } from './update.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const run = (document: Document, update: Document | Document[]) =>
  compileUpdate(update, now).apply(document, { isInsert: false });
const codeOf = (action: () => unknown): number | undefined => {
  try {
    action();
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return undefined;
};
const int = (value: number) => new Int32(value);

describe(compileUpdate.name, () => {
  type Row = [update: Document, before: Document, after: Document];
  const table: Record<string, Row[]> = {
    $set: [
      [{ $set: { a: 1 } }, {}, { a: 1 }],
      [{ $set: { 'a.b.c': 1 } }, {}, { a: { b: { c: 1 } } }],
      [{ $set: { 'a.b': 1 } }, { a: { x: 0 } }, { a: { x: 0, b: 1 } }],
      [{ $set: { 'a.1': 9 } }, { a: [1, 2] }, { a: [1, 9] }],
      [{ $set: { 'a.3': 9 } }, { a: [1] }, { a: [1, null, null, 9] }],
      [{ $set: { 'a.0.b': 9 } }, { a: [{ b: 1 }] }, { a: [{ b: 9 }] }],
      [{ $set: { 'a.0': 9 } }, {}, { a: { 0: 9 } }],
      [{ $set: {} }, { a: 1 }, { a: 1 }],
    ],
    $unset: [
      [{ $unset: { a: 1 } }, { a: 1, b: 2 }, { b: 2 }],
      [{ $unset: { 'a.b': '' } }, { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
      [{ $unset: { 'a.0': '' } }, { a: [1, 2] }, { a: [null, 2] }],
      [{ $unset: { 'a.b.c': '' } }, { a: 5 }, { a: 5 }],
      [{ $unset: { 'a.b': '' } }, { a: [{ b: 1 }] }, { a: [{ b: 1 }] }],
    ],
    $inc: [
      [{ $inc: { a: int(2) } }, { a: int(1) }, { a: int(3) }],
      [{ $inc: { a: int(2) } }, {}, { a: int(2) }],
      [{ $inc: { a: int(1) } }, { a: int(2 ** 31 - 1) }, { a: Long.fromNumber(2 ** 31) }],
      [{ $inc: { a: new Double(0.5) } }, { a: int(1) }, { a: new Double(1.5) }],
      [{ $inc: { a: int(1) } }, { a: new Double(1) }, { a: new Double(2) }],
      [{ $inc: { a: Long.fromNumber(1) } }, { a: int(1) }, { a: Long.fromNumber(2) }],
    ],
    '$min and $max': [
      [{ $min: { a: 1 } }, { a: 2 }, { a: 1 }],
      [{ $min: { a: 3 } }, { a: 2 }, { a: 2 }],
      [{ $max: { a: 'x' } }, { a: 2 }, { a: 'x' }],
      [{ $max: { a: 5 } }, {}, { a: 5 }],
    ],
    $push: [
      [{ $push: { a: 1 } }, {}, { a: [1] }],
      [{ $push: { a: [3] } }, { a: [1] }, { a: [1, [3]] }],
      [{ $push: { a: { $each: [3, 4] } } }, { a: [1] }, { a: [1, 3, 4] }],
      [{ $push: { a: { $each: [4], $slice: -2 } } }, { a: [1, 2] }, { a: [2, 4] }],
      [{ $push: { a: { $each: [], $slice: 0 } } }, { a: [1, 2] }, { a: [] }],
    ],
    $addToSet: [
      [{ $addToSet: { a: 1 } }, {}, { a: [1] }],
      [{ $addToSet: { a: new Double(1) } }, { a: [int(1)] }, { a: [int(1)] }],
      [{ $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1] }, { a: [1, 2] }],
      [{ $addToSet: { a: [2] } }, { a: [2] }, { a: [2, [2]] }],
      [
        { $addToSet: { a: { x: 1, y: 2 } } },
        { a: [{ y: 2, x: 1 }] },
        {
          a: [
            { y: 2, x: 1 },
            { x: 1, y: 2 },
          ],
        },
      ],
    ],
    $pull: [
      [{ $pull: { a: 1 } }, { a: [1, 2, 1] }, { a: [2] }],
      [{ $pull: { a: { $gte: 2 } } }, { a: [1, 2, 3] }, { a: [1] }],
      [{ $pull: { a: { x: 1 } } }, { a: [{ x: 1, y: 1 }, { x: 2 }] }, { a: [{ x: 2 }] }],
      [{ $pull: { a: { x: { $in: [1, 2] } } } }, { a: [{ x: 1 }, { x: 3 }] }, { a: [{ x: 3 }] }],
      [{ $pull: { a: /^x/ } }, { a: ['xa', 'b'] }, { a: ['b'] }],
      [{ $pull: { a: [1, 2] } }, { a: [1, [1, 2]] }, { a: [1] }],
    ],
    'several operators': [
      [{ $set: { b: 1, a: 2 }, $unset: { c: 1 } }, { c: 3 }, { a: 2, b: 1 }],
      [{ $set: { 'a.10': 1, 'a.9': 2 } }, { a: {} }, { a: { 9: 2, 10: 1 } }],
    ],
  };
  for (const [name, rows] of Object.entries(table)) {
    it(`applies ${name}`, () => {
      for (const [update, before, expected] of rows) {
        const frozen = structuredCloneOf(before);
        const { doc, changed } = run(before, update);
        expect({ update, doc }).toStrictEqual({ update, doc: expected });
        expect(Object.keys(doc)).toStrictEqual(Object.keys(expected));
        expect(before).toStrictEqual(frozen);
        expect(changed).toBe(!identicalValues(before, expected));
      }
    });
  }

  it('replaces whole documents and keeps _id in front', () => {
    const id = new ObjectId();
    const result = run({ _id: id, a: 1 }, { b: 2 });
    expect(result.doc).toStrictEqual({ _id: id, b: 2 });
    expect(Object.keys(result.doc)).toStrictEqual(['_id', 'b']);
    expect(run({ _id: id, a: 1 }, { a: 1 }).changed).toBe(false);
    expect(compileUpdate({ b: 2 }).kind).toBe('replacement');
    expect(codeOf(() => run({ _id: 1 }, { _id: 2, a: 1 }))).toBe(66);
    expect(codeOf(() => compileUpdate({ a: 1, $set: {} }))).toBe(52);
  });

  it('runs pipelines and tells what they changed', () => {
    const { doc, changed, updateDescription } = run(
      { _id: 1, a: 1, b: { c: 1, d: 2 }, l: [1, 2, 3], gone: 1 },
      [{ $set: { sum: { $add: ['$a', '$b.c'] }, 'b.c': 5, l: [1, 2] } }, { $unset: 'gone' }],
    );
    expect(doc).toStrictEqual({ _id: 1, a: 1, b: { c: 5, d: 2 }, l: [1, 2], sum: int(2) });
    expect(changed).toBe(true);
    expect(updateDescription).toStrictEqual({
      updatedFields: { 'b.c': 5, sum: int(2) },
      removedFields: ['gone'],
      truncatedArrays: [{ field: 'l', newSize: 2 }],
    });
    expect(run({ _id: 1 }, [{ $set: { x: '$$NOW' } }]).doc).toStrictEqual({ _id: 1, x: now });
    expect(codeOf(() => compileUpdate([{ $match: {} }]))).toBe(72);
    expect(codeOf(() => run({ _id: 1 }, [{ $set: { _id: 2 } }]))).toBe(66);
  });

  it('describes changes as change events do', () => {
    const rows: [Document, Document, Partial<UpdateDescription>][] = [
      [{ $set: { a: 1, 'b.c': 2 } }, { b: { c: 1 } }, { updatedFields: { a: 1, 'b.c': 2 } }],
      [{ $set: { 'n.x': 1, 'n.y': 2 } }, {}, { updatedFields: { n: { x: 1, y: 2 } } }],
      [{ $unset: { a: 1, z: 1 } }, { a: 1 }, { removedFields: ['a'] }],
      [{ $push: { a: 3 } }, { a: [1, 2] }, { updatedFields: { 'a.2': 3 } }],
      [{ $push: { a: 3 } }, {}, { updatedFields: { a: [3] } }],
      [{ $addToSet: { a: { $each: [1, 3, 4] } } }, { a: [1] }, { updatedFields: { 'a.1': 3, 'a.2': 4 } }],
      [{ $pull: { a: 1 } }, { a: [1, 2] }, { updatedFields: { a: [2] } }],
      [{ $set: { a: int(1) } }, { a: int(1) }, {}],
      [{ $set: { a: new Double(1) } }, { a: int(1) }, { updatedFields: { a: new Double(1) } }],
    ];
    for (const [update, before, expected] of rows) {
      const description = { updatedFields: {}, removedFields: [], truncatedArrays: [], ...expected };
      expect({ update, description: run(before, update).updateDescription }).toStrictEqual({
        update,
        description,
      });
    }
  });

  it('keeps _id', () => {
    expect(codeOf(() => run({ _id: 1 }, { $set: { _id: 2 } }))).toBe(66);
    expect(codeOf(() => run({ _id: 1 }, { $unset: { _id: 1 } }))).toBe(66);
    expect(codeOf(() => run({ _id: { a: 1 } }, { $set: { '_id.a': 2 } }))).toBe(66);
    expect(run({ _id: 1, a: 1 }, { $set: { _id: 1 } }).changed).toBe(false);
  });

  it('refuses what MongoDB refuses, by its code', () => {
    const bad: [Document, number][] = [
      [{ $foo: { a: 1 } }, 9],
      [{ $set: { a: 1 }, b: 1 }, 9],
      [{ $set: 1 }, 9],
      [{ $set: { a: 1 }, $inc: { a: 1 } }, 40],
      [{ $set: { a: 1, 'a.b': 1 } }, 40],
      [{ $set: { '': 1 } }, 56],
      [{ $set: { 'a..b': 1 } }, 56],
      [{ $set: { $a: 1 } }, 52],
      [{ $set: { '$[]': 1 } }, 238],
      [{ $inc: { a: 'x' } }, 14],
      [{ $push: { a: { $each: 1 } } }, 2],
      [{ $push: { a: { $each: [], $foo: 1 } } }, 2],
      [{ $push: { a: { $each: [], $slice: 'x' } } }, 2],
      [{ $addToSet: { a: { $each: 1 } } }, 14],
      [{ $pull: { a: { $foo: 1 } } }, 2],
    ];
    for (const [update, code] of bad) {
      expect({ update, code: codeOf(() => compileUpdate(update)) }).toStrictEqual({ update, code });
    }
    const badOn: [Document, Document, number][] = [
      [{ $inc: { a: 1 } }, { a: 'x' }, 14],
      [{ $inc: { a: 1 } }, { a: null }, 14],
      [{ $inc: { a: Long.MAX_VALUE } }, { a: Long.MAX_VALUE }, 2],
      [{ $push: { a: 1 } }, { a: 5 }, 2],
      [{ $addToSet: { a: 1 } }, { a: 5 }, 2],
      [{ $pull: { a: 1 } }, { a: 5 }, 2],
      [{ $set: { 'a.b': 1 } }, { a: 5 }, 28],
      [{ $set: { 'a.b': 1 } }, { a: null }, 28],
      [{ $set: { 'a.b': 1 } }, { a: [1] }, 28],
      [{ $pull: { 'a.b': 1 } }, { a: 5 }, 28],
    ];
    for (const [update, document, code] of badOn) {
      expect({ update, code: codeOf(() => run(document, update)) }).toStrictEqual({ update, code });
    }
  });

  const paths = fc.constantFrom('a', 'b', 'a.b', 'b.0', 'a.b.c', 'c.1.a', '__proto__', 'constructor.a');
  const operations = fc.oneof(
    fc.tuple(fc.constantFrom('$set', '$min', '$max', '$push', '$addToSet', '$pull'), anyValue),
    fc.tuple(fc.constant('$inc'), anyNumber),
    fc.tuple(fc.constant('$unset'), fc.constant(1)),
  );
  const updates = fc
    .uniqueArray(fc.tuple(paths, operations), { minLength: 1, maxLength: 3, selector: ([path]) => path })
    .map((list) => {
      const update: Document = {};
      for (const [path, [operator, operand]] of list) {
        update[operator] ??= {};
        setField(update[operator], path, operand);
      }
      return update;
    });

  it('never changes its input, and is the same every time', () => {
    fc.assert(
      fc.property(anyDocument, updates, (document, update) => {
        const before = structuredCloneOf(document);
        try {
          const first = run(document, update);
          expect(identicalValues(document, before)).toBe(true);
          expect(identicalValues(run(document, update).doc, first.doc)).toBe(true);
          expect(first.changed).toBe(
            !identicalValues(document, first.doc) || first.updateDescription.removedFields.length > 0,
          );
        } catch (error) {
          if (!(error instanceof MongoError)) throw error;
          expect(identicalValues(document, before)).toBe(true);
        }
      }),
      runs(5000),
    );
  });

  it('describes changes so that they can be replayed', () => {
    fc.assert(
      fc.property(anyDocument, updates, (document, update) => {
        try {
          const { doc, updateDescription } = run(document, update);
          expect(sameFields(replay(document, updateDescription), doc)).toBe(true);
        } catch (error) {
          if (!(error instanceof MongoError)) throw error;
        }
      }),
      runs(5000),
    );
  });

  it('describes the difference of any two documents so that it can be replayed', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (before, next) => {
        expect(sameFields(replay(before, diffDocuments(before, next)), next)).toBe(true);
      }),
      runs(5000),
    );
  });

  it('makes a set value matchable', () => {
    fc.assert(
      fc.property(anyDocument, fc.constantFrom('a', 'b.c', 'c.a.b'), anyValue, (document, path, value) => {
        try {
          const { doc } = run(document, { $set: { [path]: value } });
          expect(compileFilter({ [path]: { $eq: value } })(doc)).toBe(true);
        } catch (error) {
          if (!(error instanceof MongoError)) throw error;
        }
      }),
      runs(5000),
    );
  });
});

describe(buildUpsert.name, () => {
  const upsert = (filter: Document, update: Document) => buildUpsert(filter, compileUpdate(update));

  it('starts from what the filter fixes', () => {
    expect(upsert({ _id: 1, a: 2, 'b.c': 3, d: { $gt: 1 } }, { $set: { e: 5 } })).toStrictEqual({
      _id: 1,
      a: 2,
      b: { c: 3 },
      e: 5,
    });
    expect(upsert({ _id: 1, a: 2 }, { b: 3 })).toStrictEqual({ _id: 1, b: 3 });
    expect(upsert({ _id: 1, a: 2 }, { $setOnInsert: { n: 1 }, $inc: { m: int(1) } })).toStrictEqual({
      _id: 1,
      a: 2,
      m: int(1),
      n: 1,
    });
  });

  it('makes an id if there is none, in front', () => {
    const made = upsert({ a: 1 }, { $set: { b: 2 } });
    expect(Object.keys(made)).toStrictEqual(['_id', 'a', 'b']);
    expect(made._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(upsert({ a: 1 }, { $set: { _id: 7 } }))).toStrictEqual(['_id', 'a']);
    expect(upsert({ a: 1 }, { $setOnInsert: { _id: 7 } })).toStrictEqual({ _id: 7, a: 1 });
  });

  it('refuses contradictions', () => {
    expect(codeOf(() => upsert({ _id: 1 }, { $set: { _id: 2 } }))).toBe(66);
    expect(codeOf(() => upsert({ _id: 1 }, { _id: 2 }))).toBe(66);
    expect(codeOf(() => upsert({ a: 1, $and: [{ a: 2 }] }, { $set: { b: 1 } }))).toBe(54);
    expect(codeOf(() => upsert({}, { $set: { _id: [1] } }))).toBe(53);
    expect(codeOf(() => upsert({ l: 1 }, { $set: { 'l.$': 2 } }))).toBe(238);
  });
});

/** A deep copy of plain documents and arrays; BSON values are immutable and shared. */
function structuredCloneOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCloneOf) as T;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const copy: Document = {};
  for (const [name, item] of Object.entries(value)) setField(copy, name, structuredCloneOf(item));
  return copy as T;
}

/** What a consumer of change events does: cut arrays, remove fields, set fields. */
function replay(before: Document, description: UpdateDescription): Document {
  const root = structuredCloneOf(before);
  const parentOf = (path: string): [Document, string] => {
    const parts = path.split('.');
    let at: Document = root;
    for (const part of parts.slice(0, -1)) at = at[part];
    return [at, parts.at(-1) as string];
  };
  for (const { field, newSize } of description.truncatedArrays) {
    const [parent, name] = parentOf(field);
    parent[name].length = newSize;
  }
  for (const path of description.removedFields) {
    const [parent, name] = parentOf(path);
    delete parent[name];
  }
  for (const [path, value] of Object.entries(description.updatedFields)) {
    const [parent, name] = parentOf(path);
    if (Array.isArray(parent)) while (parent.length < Number(name)) parent.push(null);
    setField(parent, name, structuredCloneOf(value));
  }
  return root;
}

/** Identical but for the order of fields, which a description does not tell. */
function sameFields(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
      return value;
    const copy: Document = {};
    for (const name of Object.keys(value).sort()) setField(copy, name, sorted((value as Document)[name]));
    return copy;
  };
  return identicalValues(sorted(a), sorted(b));
}

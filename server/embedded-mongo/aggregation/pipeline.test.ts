import { type Document, Double, Int32, Long } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { leadingMatchSort } from './head.ts';
import { compilePipeline } from './pipeline.ts';
import { compileStreamStages } from './stream-stages.ts';

const int = (n: number) => new Int32(n);

async function run(stages: Document[], documents: Document[] = []): Promise<Document[]> {
  const result: Document[] = [];
  for await (const document of compilePipeline(stages)(documents)) result.push(document);
  return result;
}

async function codeOf(stages: Document[], documents: Document[] = [{}]): Promise<number | undefined> {
  try {
    await run(stages, documents);
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return undefined;
}

describe(compilePipeline.name, () => {
  const orders = [
    { _id: 1, team: 'a', sum: int(5), tags: ['x', 'y'] },
    { _id: 2, team: 'b', sum: int(7), tags: [] },
    { _id: 3, team: 'a', sum: new Double(0.5), tags: ['y'] },
    { _id: 4, sum: null },
  ];

  it('matches, reshapes, sorts and pages', async () => {
    expect(
      await run(
        [
          { $match: { team: { $exists: true } } },
          { $set: { double: { $multiply: ['$sum', 2] } } },
          { $sort: { sum: -1 } },
          { $skip: 1 },
          { $limit: 1 },
          { $project: { double: 1 } },
        ],
        orders,
      ),
    ).toStrictEqual([{ _id: 1, double: int(10) }]);
    expect(await run([{ $unset: ['tags', 'sum'] }, { $limit: 1 }], orders)).toStrictEqual([
      { _id: 1, team: 'a' },
    ]);
  });

  it('groups; a missing id is the group of null', async () => {
    const groups = await run(
      [
        {
          $group: {
            _id: '$team',
            n: { $sum: 1 },
            sum: { $sum: '$sum' },
            avg: { $avg: '$sum' },
            min: { $min: '$sum' },
            max: { $max: '$sum' },
            first: { $first: '$_id' },
            last: { $last: '$_id' },
            ids: { $push: '$_id' },
            count: { $count: {} },
          },
        },
        { $sort: { _id: 1 } },
      ],
      orders,
    );
    expect(groups).toStrictEqual([
      {
        _id: null,
        n: int(1),
        sum: int(0),
        avg: null,
        min: null,
        max: null,
        first: 4,
        last: 4,
        ids: [4],
        count: int(1),
      },
      {
        _id: 'a',
        n: int(2),
        sum: new Double(5.5),
        avg: new Double(2.75),
        min: new Double(0.5),
        max: int(5),
        first: 1,
        last: 3,
        ids: [1, 3],
        count: int(2),
      },
      {
        _id: 'b',
        n: int(1),
        sum: int(7),
        avg: new Double(7),
        min: int(7),
        max: int(7),
        first: 2,
        last: 2,
        ids: [2],
        count: int(1),
      },
    ]);
    expect(
      await run([{ $group: { _id: { t: '$team', x: '$nothing' } } }, { $limit: 1 }], orders),
    ).toStrictEqual([{ _id: { t: 'a' } }]);
    expect(await run([{ $group: { _id: 1, n: { $sum: 1 } } }], [])).toStrictEqual([]);
    expect(
      await run([{ $group: { _id: null, s: { $addToSet: '$x' } } }], [{ x: 1 }, { x: new Double(1) }, {}]),
    ).toStrictEqual([{ _id: null, s: [1] }]);
    expect(
      await run([{ $group: { _id: '$x' } }], [{ x: int(1) }, { x: Long.fromNumber(1) }, { x: '1' }]),
    ).toHaveLength(2);
  });

  it('counts', async () => {
    expect(await run([{ $count: 'n' }], orders)).toStrictEqual([{ n: int(4) }]);
    expect(await run([{ $count: 'n' }], [])).toStrictEqual([]);
  });

  it('unwinds', async () => {
    expect((await run([{ $unwind: '$tags' }], orders)).map(({ _id, tags }) => [_id, tags])).toStrictEqual([
      [1, 'x'],
      [1, 'y'],
      [3, 'y'],
    ]);
    const kept = await run(
      [{ $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } }],
      orders,
    );
    expect(kept.map(({ _id, tags, i }) => [_id, tags, i])).toStrictEqual([
      [1, 'x', Long.fromNumber(0)],
      [1, 'y', Long.fromNumber(1)],
      [2, undefined, null],
      [3, 'y', Long.fromNumber(0)],
      [4, undefined, null],
    ]);
    expect(await run([{ $unwind: '$a.b' }], [{ a: { b: [1, 2], c: 3 } }])).toStrictEqual([
      { a: { b: 1, c: 3 } },
      { a: { b: 2, c: 3 } },
    ]);
    expect(await run([{ $unwind: '$a' }], [{ a: 5 }, { a: null }])).toStrictEqual([{ a: 5 }]);
  });

  it('facets', async () => {
    expect(
      await run(
        [{ $facet: { n: [{ $count: 'n' }], first: [{ $limit: 1 }, { $project: { sum: 1 } }] } }],
        orders,
      ),
    ).toStrictEqual([{ n: [{ n: int(4) }], first: [{ _id: 1, sum: int(5) }] }]);
  });

  it('stops reading when the limit is reached', async () => {
    let read = 0;
    function* endless() {
      for (;;) yield { n: read++ };
    }
    const found: Document[] = [];
    for await (const document of compilePipeline([{ $limit: 3 }])(endless())) found.push(document);
    expect(found).toHaveLength(3);
    expect(read).toBe(3);
  });

  it('sorts with a limit exactly as without', async () => {
    const documents = Array.from({ length: 2000 }, (_, i) => ({ _id: i, n: (i * 7919) % 1009 }));
    const all = await run([{ $sort: { n: 1, _id: -1 } }], documents);
    expect(await run([{ $sort: { n: 1, _id: -1 } }, { $skip: 5 }, { $limit: 20 }], documents)).toStrictEqual(
      all.slice(5, 25),
    );
  });

  it('bounds memory', async () => {
    const text = 'x'.repeat(1_000_000);
    const many = Array.from({ length: 120 }, (_, i) => ({ _id: i, text }));
    expect(await codeOf([{ $sort: { _id: 1 } }], many)).toBe(292);
    expect(await codeOf([{ $group: { _id: null, all: { $push: '$$ROOT' } } }], many)).toBe(292);
    expect(await codeOf([{ $sort: { _id: 1 } }, { $limit: 5 }], many.concat(many))).toBe(292);
  });

  it('refuses by code', async () => {
    const bad: [Document[], number][] = [
      [[{ $nothing: 1 }], 40324],
      [[{}], 40323],
      [[{ $match: {}, $limit: 1 }], 40323],
      [[{ $match: 1 }], 15959],
      [[{ $limit: 0 }], 15958],
      [[{ $skip: -1 }], 15956],
      [[{ $group: { n: { $sum: 1 } } }], 15955],
      [[{ $group: { _id: 1, n: { $foo: 1 } } }], 15952],
      [[{ $group: { _id: 1, n: 1 } }], 40234],
      [[{ $count: '$n' }], 40158],
      [[{ $unwind: 'a' }], 28818],
      [[{ $facet: {} }], 40169],
      [[{ $sort: {} }], 15976],
    ];
    for (const [stages, code] of bad)
      expect({ stages, code: await codeOf(stages) }).toStrictEqual({ stages, code });
  });
});

describe(compileStreamStages.name, () => {
  it('asks the head first, leaves fields out of the bytes, and gives what is left to the other stages', () => {
    const { passes, without, rest } = compileStreamStages([
      { $match: { $or: [{ 'ns.coll': 'events' }, { operationType: 'delete' }] } },
      { $unset: 'updateDescription' },
      { $unset: ['fullDocument.revisions', 'fullDocumentBeforeChange.revisions'] },
    ]);
    expect(passes({ ns: { coll: 'events' }, operationType: 'insert' })).toBe(true);
    expect(passes({ ns: { coll: 'words' }, operationType: 'insert' })).toBe(false);
    expect(without.head).toStrictEqual(['updateDescription']);
    const image = encode({ _id: 1, revisions: [1], title: 'x' });
    expect(decode(without.images.fullDocument?.omit(image) as Buffer)).toMatchObject({ title: 'x' });
    expect(rest).toBeUndefined();
  });

  it('leaves whole events to stages that look into documents, or deeper than their fields', () => {
    for (const stage of [
      { $match: { 'fullDocument.uid': { $ne: 'me' } } },
      { $match: { $expr: { $eq: ['$operationType', 'insert'] } } },
      { $unset: 'fullDocument.author.name' },
      { $unset: ['_id'] },
      { $project: { 'fullDocument.revisions': 0 } },
    ]) {
      const { passes, without, rest } = compileStreamStages([stage]);
      expect(passes({})).toBe(true);
      expect(without).toStrictEqual({ head: [], images: {} });
      expect(rest).toBeDefined();
    }
    const { rest } = compileStreamStages([{ $match: { 'fullDocument.uid': { $ne: 'me' } } }]);
    expect(rest?.({ fullDocument: { uid: 'me' } })).toBeNull();
    expect(() => compileStreamStages([{ $group: { _id: 1 } }])).toThrow(MongoError);
  });
});

describe(leadingMatchSort.name, () => {
  it('splits off what a planner can do', () => {
    const stages = [
      { $match: { a: 1 } },
      { $match: { b: 2 } },
      { $sort: { c: 1 } },
      { $skip: 5 },
      { $limit: 10 },
      { $count: 'n' },
    ];
    expect(leadingMatchSort(stages)).toStrictEqual({
      filter: { $and: [{ a: 1 }, { b: 2 }] },
      sort: { c: 1 },
      skip: 5,
      limit: 10,
      rest: [{ $count: 'n' }],
    });
    expect(leadingMatchSort([{ $limit: 1 }, { $match: { a: 1 } }])).toStrictEqual({
      filter: {},
      limit: 1,
      rest: [{ $match: { a: 1 } }],
    });
    expect(leadingMatchSort([])).toStrictEqual({ filter: {}, rest: [] });
  });
});

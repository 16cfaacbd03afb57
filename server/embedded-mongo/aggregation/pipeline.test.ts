import { type Document, Double, Int32, Long } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { compilePipeline } from './pipeline.ts';
import { leadingMatch } from './stages.ts';
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

  it('matches, changes and pages', async () => {
    expect(
      await run(
        [
          { $match: { team: { $exists: true } } },
          { $set: { more: { $add: ['$sum', 2] } } },
          { $unset: ['tags', 'sum'] },
          { $skip: 1 },
          { $limit: 1 },
        ],
        orders,
      ),
    ).toStrictEqual([{ _id: 2, team: 'b', more: int(9) }]);
  });

  it('groups; a missing id is the group of null', async () => {
    expect(
      await run([{ $group: { _id: '$team', n: { $sum: 1 }, sum: { $sum: '$sum' } } }], orders),
    ).toStrictEqual([
      { _id: 'a', n: int(2), sum: new Double(5.5) },
      { _id: 'b', n: int(1), sum: int(7) },
      { _id: null, n: int(1), sum: int(0) },
    ]);
    expect(
      await run([{ $group: { _id: { t: '$team', x: '$nothing' } } }, { $limit: 1 }], orders),
    ).toStrictEqual([{ _id: { t: 'a' } }]);
    expect(await run([{ $group: { _id: 1, n: { $sum: 1 } } }], [])).toStrictEqual([]);
    expect(
      await run([{ $group: { _id: '$x' } }], [{ x: int(1) }, { x: Long.fromNumber(1) }, { x: '1' }]),
    ).toHaveLength(2);
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

  it('bounds memory', async () => {
    const many = Array.from({ length: 120 }, (_, i) => ({ _id: `${i}`.repeat(500_000) }));
    expect(await codeOf([{ $group: { _id: '$_id' } }], many)).toBe(292);
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
      { $set: { 'fullDocument.revisions': null } },
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

describe(leadingMatch.name, () => {
  it('splits off what a planner can do', () => {
    const stages = [
      { $match: { a: 1 } },
      { $match: { b: 2 } },
      { $skip: 5 },
      { $limit: 10 },
      { $group: { _id: null } },
    ];
    expect(leadingMatch(stages)).toStrictEqual({
      filter: { $and: [{ a: 1 }, { b: 2 }] },
      skip: 5,
      limit: 10,
      rest: [{ $group: { _id: null } }],
    });
    expect(leadingMatch([{ $limit: 1 }, { $match: { a: 1 } }])).toStrictEqual({
      filter: {},
      limit: 1,
      rest: [{ $match: { a: 1 } }],
    });
    expect(leadingMatch([])).toStrictEqual({ filter: {}, rest: [] });
  });
});

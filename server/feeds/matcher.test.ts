import { MODULES } from '@svodka/shared/contracts/modules';
import { and, not, or, type ResolvedFilter } from '@svodka/shared/filter/ast';
import fc from 'fast-check';
import { type EventImage, type EventWrite, MatchIndex, Standing, stepOf, versionOf } from './matcher.ts';

const finance: ResolvedFilter = { field: 'module', in: ['finance'] };
const high: ResolvedFilter = { field: 'importance', in: ['high', 'critical'] };

const image = (fields: Partial<EventImage> = {}): EventImage => ({
  _id: 'e',
  version: 1,
  module: 'finance',
  importance: 'high',
  deletedAt: null,
  ...fields,
});
const update = (before: EventImage | null, after: EventImage | null): EventWrite => ({
  kind: after ? 'update' : 'delete',
  id: 'e',
  before,
  after,
});

describe('what a write means to a feed (F2)', () => {
  const standing = new Standing(and(high, { field: 'deleted', exists: false }));

  it.each([
    ['a new match', { kind: 'insert', id: 'e', before: null, after: image() }, 'upsert', true, false],
    ['an edit of a match', update(image(), image({ version: 2 })), 'upsert', false, false],
    ['one that comes to match', update(image({ importance: 'info' }), image()), 'upsert', true, false],
    ['one that no longer matches', update(image(), image({ importance: 'info' })), 'leave', false, true],
    ['a deletion', update(image(), image({ deletedAt: new Date() })), 'delete', false, true],
    ['an erasure', update(image(), null), 'delete', false, true],
    ['a lost image before', update(null, image({ importance: 'info' })), 'leave', false, false],
  ] as const)('%s', (_, write, op, entered, left) => {
    expect(stepOf(standing, write as EventWrite)).toEqual({ op, entered, left });
  });

  it('says nothing of what matches neither before nor after', () => {
    const info = image({ importance: 'info' });
    expect(stepOf(standing, update(info, info))).toBeNull();
    expect(stepOf(standing, { kind: 'insert', id: 'e', before: null, after: info })).toBeNull();
    expect(stepOf(standing, update(info, null))).toBeNull();
  });

  it('counts as shown what matched under either bounds while they move (F13)', () => {
    const moving = new Standing(finance);
    moving.move(high);
    const gone = image({ module: 'calls', importance: 'info' });
    expect(stepOf(moving, update(image({ importance: 'info' }), gone))?.op).toBe('leave');
    moving.settle();
    // The slice may have been read behind this write, and then it named no such row.
    expect(stepOf(moving, update(image({ importance: 'info' }), gone))).toEqual({
      op: 'leave',
      entered: false,
      left: false,
    });
    expect(stepOf(moving, update(image({ importance: 'info' }), image()))?.entered).toBe(true);
    moving.forget();
    expect(stepOf(moving, update(image({ importance: 'info' }), gone))).toBeNull();
  });

  it('gives a leave the version of the write, and an erasure the last one known', () => {
    expect(versionOf(update(image({ version: 3 }), image({ version: 4 })))).toBe(4);
    expect(versionOf(update(image({ version: 3 }), null))).toBe(3);
    expect(versionOf(update(null, null))).toBeGreaterThan(1e15);
  });
});

describe(MatchIndex.name, () => {
  const leaf: fc.Arbitrary<ResolvedFilter> = fc.oneof(
    fc
      .uniqueArray(fc.constantFrom(...MODULES), { minLength: 1, maxLength: 3 })
      .map((values): ResolvedFilter => ({ field: 'module', in: values })),
    fc.constant(high),
    fc.constantFrom('p1', 'p2', 'p3').map((id): ResolvedFilter => ({ field: 'project', in: [id] })),
    fc.constantFrom('u1', 'u2').map((id): ResolvedFilter => ({ field: 'audience', in: [id] })),
    fc.boolean().map((exists): ResolvedFilter => ({ field: 'project', exists })),
    fc.constant<ResolvedFilter>({ field: 'occurred', from: '2026-01-01T00:00:00.000Z' }),
  );
  const { filter } = fc.letrec<{ filter: ResolvedFilter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('filter'), { maxLength: 3 }).map((parts) => and(...parts)),
      fc.array(tie('filter'), { maxLength: 3 }).map((parts) => or(...parts)),
      tie('filter').map((part) => not(part)),
    ),
  }));
  const event = fc.record({
    _id: fc.constant('e'),
    version: fc.constant(1),
    module: fc.constantFrom(...MODULES),
    importance: fc.constantFrom('info', 'normal', 'high', 'critical'),
    projectId: fc.constantFrom(null, 'p1', 'p2', 'p3'),
    audienceIds: fc.subarray(['u1', 'u2']),
    occurredAt: fc.constantFrom(new Date('2025-12-01'), new Date('2026-02-01')),
  });

  it('never misses a feed that a write means something to', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 12 }), event, event, (filters, before, after) => {
        const index = new MatchIndex<Standing>();
        const feeds = filters.map((one) => new Standing(one));
        for (const feed of feeds) index.put(feed, feed.indexed);
        for (const write of [
          update(before, after),
          update(before, null),
          { kind: 'insert', id: 'e', before: null, after } as EventWrite,
          update(null, after),
        ]) {
          const found = index.candidates(write);
          for (const feed of feeds) if (stepOf(feed, write)) expect(found).toContain(feed);
        }
        for (const feed of feeds) index.remove(feed);
        expect(index.size).toBe(0);
        expect(index.candidates(update(before, after)).size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('does not look at the feeds of other projects', () => {
    const index = new MatchIndex<string>();
    for (let n = 0; n < 1000; n++) index.put(`feed ${n}`, and(high, { field: 'project', in: [`p${n}`] }));
    const write = update(image({ projectId: 'p7' }), image({ projectId: 'p8' }));
    expect([...index.candidates(write)].sort()).toEqual(['feed 7', 'feed 8']);
  });
});

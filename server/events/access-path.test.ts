import { newId } from '@svodka/shared/contracts/id';
import { and, type Filter, not, or } from '@svodka/shared/filter/ast';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { scopeOf } from '@svodka/shared/rules/permissions';
import { accessPathOf } from './access-path.ts';

const moment = { now: new Date('2026-03-01T12:00:00Z'), zone: 'Europe/Moscow' };
const path = (filter: Filter) => accessPathOf(resolveFilter(filter, moment).filter);
const id = newId();
const scope = (roles: Parameters<typeof scopeOf>[0]['roles']) => scopeOf({ id, roles, departmentId: null });

describe(accessPathOf.name, () => {
  it('walks everything for everything', () => {
    expect(path(scope(['dispatcher']))).toEqual({
      kind: 'walks',
      walks: [{ index: 'all', equality: {} }],
      isFiltered: false,
      isDisjoint: true,
      share: 1,
      texts: [],
      isText: true,
      within: [],
    });
  });

  it('walks the rarest equality, and asks the rest of what it brings', () => {
    const filter = and({ field: 'module', in: ['finance'] }, { field: 'project', in: [id] });
    expect(path(and(filter, scope(['dispatcher'])))).toMatchObject({
      walks: [{ index: 'by projectId', equality: { projectId: id } }],
      isFiltered: true,
    });
  });

  it('walks the events with files for those that have any', () => {
    expect(path({ field: 'files', exists: true })).toMatchObject({
      walks: [{ index: 'with files', equality: { attachments: { $exists: true } } }],
    });
    expect(path({ field: 'files', exists: false })).toMatchObject({ walks: [{ index: 'all' }] });
  });

  it('does not call an equality that the walk itself says a filter', () => {
    expect(path(and({ field: 'status', in: ['open'] }, scope(['dispatcher'])))).toMatchObject({
      walks: [{ equality: { status: 'open' } }],
      isFiltered: false,
    });
  });

  it('follows several values of one field in one walk', () => {
    expect(path({ field: 'counterparty', in: ['a', 'b'] })).toMatchObject({
      walks: [{ equality: { counterpartyIds: { $in: ['a', 'b'] } } }],
      isDisjoint: true,
      isFiltered: false,
    });
  });

  it('takes an or as the union of its parts, as a scope of staff is', () => {
    expect(path(scope(['finance']))).toMatchObject({
      walks: [
        { equality: { audienceIds: id } },
        { equality: { 'author.userId': id } },
        { equality: { module: 'finance' } },
      ].map((walk) => expect.objectContaining(walk)),
    });
  });

  it('walks everything where an or has a part without an index', () => {
    const filter = or({ field: 'project', in: [id] }, not({ field: 'module', in: ['mail'] }));
    expect(path(filter)).toMatchObject({ walks: [{ index: 'all' }], isFiltered: true });
  });

  it('walks everything rather than most of it value by value', () => {
    expect(path({ field: 'importance', in: ['info', 'normal', 'high'] })).toMatchObject({
      walks: [{ index: 'all' }],
      isFiltered: true,
    });
  });

  it('has no walk along a value that most events have', () => {
    for (const filter of [
      { field: 'importance', in: ['normal'] },
      { field: 'importance', in: ['normal', 'critical'] },
      { field: 'due', in: ['none'] },
    ] satisfies Filter[])
      expect(path(filter)).toMatchObject({ walks: [{ index: 'all', equality: {} }], isFiltered: true });
    expect(path({ field: 'importance', in: ['high', 'critical'] })).toMatchObject({
      walks: [{ index: 'by importance' }],
      isFiltered: false,
    });
  });

  it('reads by id where ids are named, and nothing for what matches nothing', () => {
    expect(path(and({ field: 'id', in: [id] }, scope(['manager'])))).toEqual({ kind: 'ids', ids: [id] });
    expect(path(scope([]))).toEqual({ kind: 'nothing' });
  });

  it('names what is looked for, and whether nothing else is asked', () => {
    const found = path(and({ text: 'замер окна' }, scope(['dispatcher'])));
    expect(found).toMatchObject({
      texts: [{ text: 'замер' }, { text: 'окна' }],
      isText: true,
      isFiltered: true,
    });
    const narrowed = path(and({ text: 'замер' }, { field: 'module', in: ['mail'] }));
    expect(narrowed).toMatchObject({ texts: [{ text: 'замер' }], isText: false });
  });

  it('begins and ends its walks where a time says so, and does not call that a filter', () => {
    const time = {
      field: 'occurred',
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    } as const;
    expect(path(and(time, { field: 'module', in: ['mail'] }))).toMatchObject({
      walks: [{ index: 'by module' }],
      within: [time],
      isFiltered: false,
    });
    expect(path(not(time))).toMatchObject({ within: [], isFiltered: true });
  });

  it('walks the events of a batch', () => {
    expect(path(and({ field: 'batch', in: [id] }, scope(['dispatcher'])))).toMatchObject({
      walks: [{ index: 'by source.batchId', equality: { 'source.batchId': id } }],
      isFiltered: false,
    });
  });
});

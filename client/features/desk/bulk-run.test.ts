import type { BulkDone } from '@svodka/shared/contracts/bulk';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { until } from '../../../test/support/until.ts';
import { noRefs } from '../../testing/events.ts';
import { playRest } from '../../testing/sign-in.ts';
import { BulkRun } from './bulk-run.svelte.ts';

it('does nothing of what it could not look at to the end, and looks again', async () => {
  const ids = Array.from({ length: 150 }, newId);
  const asked: { dry?: boolean; ids: Id[] }[] = [];
  let isDown = true;
  const rest = playRest((_, __, body) => {
    const slice = body as { dry?: boolean; ids: Id[] };
    asked.push(slice);
    if (isDown && asked.length === 2) throw new TypeError('fetch failed');
    return { ids: slice.ids, refused: [], holders: [], next: null, refs: noRefs } satisfies BulkDone;
  });
  try {
    const run = new BulkRun({ kind: 'resolve' }, { ids });
    await until(() => run.state === 'failed');
    isDown = false;
    await run.go();
    expect([run.state, run.ids.length]).toEqual(['told', 150]);
    expect(asked.filter(({ dry }) => !dry)).toEqual([]);
    await run.go();
    expect(run.state).toBe('done');
    expect(asked.filter(({ dry }) => !dry).flatMap((slice) => slice.ids)).toEqual(ids);
  } finally {
    rest.mockRestore();
  }
});

const no = (id: Id, reason: string): BulkDone['refused'][number] => ({
  id,
  title: '',
  reason,
  projectId: null,
  counterpartyIds: [],
  holderId: null,
});

it('waits for what is refused for a while only, loses none of it, and does what is refused again when asked', async () => {
  const ids = Array.from({ length: 150 }, newId);
  const [held] = ids as [Id];
  let room = 60;
  let isHeld = true;
  const rest = playRest((_, __, body) => {
    const { dry, ids: slice } = body as { dry?: boolean; ids: Id[] };
    const done: BulkDone = { ids: [], refused: [], holders: [], next: null, refs: noRefs };
    for (const id of slice) {
      if (!dry && id === held && isHeld) done.refused.push(no(id, 'held'));
      else if (dry || room-- > 0) done.ids.push(id);
      else done.refused.push(no(id, 'rate-limited'));
    }
    return done;
  });
  try {
    const act = { kind: 'edit', edit: { importance: 'high' } } as const;
    const run = new BulkRun(act, { ids }, { pauseMs: 1 });
    await until(() => run.state === 'told');
    const going = run.go();
    await until(() => run.isWaiting);
    expect(run.done.length).toBe(60);
    room = 1_000;
    await going;
    expect([run.state, run.done.length, run.reached]).toEqual(['done', 149, 150]);
    expect(run.lost).toMatchObject([{ id: held, reason: 'held' }]);
    isHeld = false;
    await run.again();
    expect([run.done.length, run.lost]).toEqual([150, []]);
  } finally {
    rest.mockRestore();
  }
});

it('leaves off waiting when it is left, and knows to what it was not done', async () => {
  const ids = Array.from({ length: 20 }, newId);
  const rest = playRest((_, __, body) => {
    const { dry, ids: slice } = body as { dry?: boolean; ids: Id[] };
    const done = dry ? slice : slice.slice(0, 5);
    const refused = slice.filter((id) => !done.includes(id)).map((id) => no(id, 'rate-limited'));
    return { ids: done, refused, holders: [], next: null, refs: noRefs } satisfies BulkDone;
  });
  try {
    const run = new BulkRun({ kind: 'edit', edit: { importance: 'high' } }, { ids }, { pauseMs: 3_600_000 });
    await until(() => run.state === 'told');
    const going = run.go();
    await until(() => run.isWaiting);
    run.leave();
    await going;
    expect([run.done, run.left]).toEqual([ids.slice(0, 5), ids.slice(5)]);
  } finally {
    rest.mockRestore();
  }
});

it('asks again for what the server had no time for, of which nothing was done', async () => {
  const ids = Array.from({ length: 20 }, newId);
  let refusals = 2;
  const rest = playRest((_, __, body) => {
    const { dry, ids: slice } = body as { dry?: boolean; ids: Id[] };
    if (!dry && refusals-- > 0)
      return [429, { error: { code: 'rate-limited', message: 'Позже', retryAfter: 2 } }];
    return { ids: slice, refused: [], holders: [], next: null, refs: noRefs } satisfies BulkDone;
  });
  try {
    const run = new BulkRun({ kind: 'resolve' }, { ids }, { pauseMs: 1 });
    await until(() => run.state === 'told');
    await run.go();
    expect([run.state, run.done, run.unsure]).toEqual(['done', ids, []]);
  } finally {
    rest.mockRestore();
  }
});

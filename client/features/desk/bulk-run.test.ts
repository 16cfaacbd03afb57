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

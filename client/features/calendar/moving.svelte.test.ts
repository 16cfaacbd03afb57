import type { Installation } from '@svodka/shared/contracts/crews';
import { waitFor } from '@testing-library/svelte';
import { toasts } from '../../state/toasts.svelte.ts';
import { testEvent } from '../../testing/events.ts';
import { playRest } from '../../testing/sign-in.ts';
import { OpenCalendar } from './calendar-state.svelte.ts';
import { Moving } from './moving.svelte.ts';
import { workMover } from './work-mover.ts';

const installation = (n: number): Installation => ({
  projectId: `01890000-0000-7000-8000-00000000000${n}`,
  stage: 1,
  stages: 1,
  startOn: '2026-12-01',
  finishOn: '2026-12-01',
  crew: null,
  isPlanned: true,
  state: 'planned',
  promisedOn: null,
  slipWd: 0,
  goods: { done: 0, total: null, isReady: true, readyOn: null },
  plannedBy: null,
});

describe(Moving.name, () => {
  const calendar = new OpenCalendar();
  const shown: string[] = [];
  const moving = new Moving(workMover(calendar, { reveal: (day) => void shown.push(day) }));
  const taken: string[] = [];
  let isAway = false;
  let refusals = 0;
  let rest: ReturnType<typeof playRest>;

  beforeAll(() => {
    rest = playRest((method, path) => {
      const [, , id] = path.split('/');
      if (method === 'POST' && !isAway) return { event: testEvent(`moved-${id?.at(-1)}`, 1) };
      if (isAway) {
        refusals++;
        return [503, { error: { code: 'unavailable', message: 'away', details: [] } }];
      }
      // Names are read for the screen whenever it suits; what is asked about is the taking back.
      if (method === 'DELETE') taken.push(path);
      return {};
    });
  });
  afterAll(() => {
    rest.mockRestore();
    calendar.close();
  });
  beforeEach(async () => {
    taken.length = shown.length = 0;
    isAway = false;
    for (const n of [1, 2]) {
      await moving.ask(installation(n));
      await moving.move({ startOn: '2026-12-03', finishOn: '2026-12-03', crew: null }, 'Просьба заказчика');
    }
  });
  afterEach(() => {
    for (const { id } of toasts.items) toasts.close(id);
  });

  const undoOf = (n: number) => toasts.items.find(({ key }) => key === `move ${installation(n).projectId} 1`);
  const daysOf = () => calendar.items.map(({ startOn }) => startOn).sort();

  it('takes back the move that a message tells of, also after another', async () => {
    const toast = undoOf(1);
    const action = toast?.actions?.[0];
    if (toast && action) toasts.act(toast, action);
    await waitFor(() => expect(daysOf()).toEqual(['2026-12-01', '2026-12-03']));
    await waitFor(() => expect(taken).toEqual(['/events/moved-1']));
    // The key is still for the last one.
    moving.undo();
    await waitFor(() => expect(taken).toEqual(['/events/moved-1', '/events/moved-2']));
    expect([moving.undo(), undoOf(2)]).toEqual([false, undefined]);
  });

  it('shows the day that it is moved to, and the one that it goes back to', async () => {
    expect(shown.at(-1)).toBe('2026-12-03');
    moving.undo();
    expect(shown.at(-1)).toBe('2026-12-01');
    await waitFor(() => expect(taken).toEqual(['/events/moved-2']));
  });

  it('goes on asking when it is refused, and says why', async () => {
    isAway = true;
    await moving.ask(installation(2));
    const { asking } = moving;
    await moving.move({ startOn: '2026-12-04', finishOn: '2026-12-04', crew: null }, 'Погода');
    expect([moving.asking, moving.failure]).toEqual([asking, expect.any(String)]);
    isAway = false;
    await moving.move({ startOn: '2026-12-04', finishOn: '2026-12-04', crew: null }, 'Погода');
    expect([moving.asking, moving.failure]).toEqual([null, null]);
    expect(daysOf()).toEqual(['2026-12-03', '2026-12-04']);
  });

  it('can be asked again for what could not be taken back', async () => {
    isAway = true;
    moving.undo();
    await waitFor(() => expect(refusals).toBeGreaterThan(0));
    await waitFor(() => expect(daysOf()).toEqual(['2026-12-03', '2026-12-03']));
    isAway = false;
    await waitFor(() => expect(moving.undo()).not.toBe(false));
    await waitFor(() => expect(taken).toEqual(['/events/moved-2']));
  });
});

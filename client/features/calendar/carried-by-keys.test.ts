import { jest } from '@jest/globals';
import { daysAfter, weekdayOf } from '@svodka/shared/rules/orders/working-days';
import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: CalendarScreen } = await import('./CalendarScreen.svelte');
const { live } = await import('../../api/live.ts');
const { router } = await import('../../state/router.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const TODAY = '2026-11-25';
const ORDER = '01890000-0000-7000-8000-000000000001';
const CREWS = ['01890000-0000-7000-8000-0000000000c1', '01890000-0000-7000-8000-0000000000c2'];
const REFS = { projects: [], counterparties: [], users: [] };
/** It may be installed from a Tuesday of the second week on. */
const FORECAST = '2026-12-01';

describe('something that is carried through the calendar by keys', () => {
  const user = userEvent.setup();
  const shown = jest.fn<(this: Element) => void>();
  let rest: ReturnType<typeof playRest>;

  beforeEach(async () => {
    localStorage.setItem('svodka.signed-in', '1');
    Element.prototype.scrollIntoView = function (this: Element) {
      shown.call(this);
    };
    rest = playRest((_, path) => {
      if (path === '/session') return testSession();
      if (path.startsWith('/crews'))
        return {
          refs: REFS,
          items: CREWS.map((id, i) => ({
            id,
            name: `Бригада ${i + 1}`,
            color: 'blue',
            capacity: 1,
            memberIds: [],
            absences: [],
            workDays: [1, 2, 3, 4, 5],
            memberNames: [],
            isActive: true,
            version: 1,
          })),
        };
      if (path.startsWith('/installations'))
        return { items: [], busy: [], more: false, todayOn: TODAY, refs: REFS };
      if (path.startsWith('/projects?'))
        return {
          items: [
            {
              id: ORDER,
              number: 'П-0007',
              objectAddress: '',
              counterpartyId: null,
              line: {
                undated: [1],
                stages: 1,
                milestones: [{ code: 'install', forecastOn: FORECAST, slipWd: 0 }],
              },
            },
          ],
          next: null,
          refs: REFS,
        };
      return { items: [], years: [], moves: [], refs: REFS };
    });
    await session.check();
  });
  afterEach(() => {
    cleanup();
    rest.mockRestore();
  });

  afterAll(() => Reflect.deleteProperty(Element.prototype, 'scrollIntoView'));

  /** The one cell that is marked, and whether it was brought into sight since the last look. */
  async function target() {
    await waitFor(() => expect(document.querySelectorAll('.target')).toHaveLength(1));
    const cell = document.querySelector<HTMLElement>('.target');
    await waitFor(() => expect(shown.mock.contexts.at(-1)).toBe(cell));
    return cell?.dataset.cell;
  }
  const said = () =>
    screen
      .getAllByRole('status')
      .map((each) => each.textContent)
      .join(' ');

  it.each(['weeks', 'month'])(
    'has its place marked, said and in sight at every step, in %s',
    async (name) => {
      router.go(`/calendar?view=${name}&on=${TODAY}`);
      live.connect();
      await socket.open();
      render(DeskHost, { props: { part: CalendarScreen as unknown as Component<Record<string, unknown>> } });
      const card = await screen.findByRole('link', { name: /П-0007/ });
      card.focus();
      const cell = (row: string, day: string) => (name === 'month' ? day : `${row} ${day}`);
      await user.keyboard(' ');
      expect(await target()).toBe(cell('', FORECAST));
      await user.keyboard('{ArrowRight}');
      expect(await target()).toBe(cell('', daysAfter(FORECAST, 1)));
      expect(said()).toContain('2 дек., Бригада не назначена');
      if (name === 'month') {
        await user.keyboard('{ArrowDown}');
        expect(await target()).toBe('2026-12-09');
        return;
      }
      await user.keyboard('{ArrowDown}');
      expect(await target()).toBe(cell(CREWS[0] as string, daysAfter(FORECAST, 1)));
      await user.keyboard('{ArrowDown}');
      expect(await target()).toBe(cell(CREWS[1] as string, daysAfter(FORECAST, 1)));
      expect(said()).toContain('2 дек., Бригада 2');
      // Beyond what is shown the weeks change with it.
      for (let i = weekdayOf('2026-12-02'); i <= 7; i++) await user.keyboard('{ArrowRight}');
      expect(await target()).toBe(cell(CREWS[1] as string, '2026-12-07'));
      await user.keyboard('{Escape}');
      expect(document.querySelector('.target')).toBeNull();
    },
  );
});

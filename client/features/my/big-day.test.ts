import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { until } from '../../../test/support/until.ts';
import { noRefs, testEvent, testSnapshot } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { session } = await import('../../state/session.svelte.ts');
const { default: MyScreen } = await import('./MyScreen.svelte');

const DAY_MS = 86_400_000;
const due = (title: string, n: number, days: number): SvodkaEvent =>
  testEvent(`01890000-0000-7000-8000-${String(n).padStart(12, '0')}`, n % 60, {
    title,
    dueAt: new Date(Date.now() + days * DAY_MS).toISOString(),
  });

describe('the day of somebody in a big company', () => {
  const late = Array.from({ length: 304 }, (_, i) => due(`Поздно ${i}`, i, -400 + i));
  const today = [due('Нужно сегодня', 900, 0)];
  let rest: ReturnType<typeof playRest>;
  let answering: ReturnType<typeof setInterval>;

  beforeEach(async () => {
    rest = playRest((_, path) => {
      const { pathname, searchParams } = new URL(path, 'http://desk');
      if (pathname === '/session') return testSession(['finance']);
      const isAhead = /dueAt>=|dueAt:[^ ]+[.][.]/.test(searchParams.get('filter') ?? '');
      const rows = isAhead ? today : late;
      if (pathname === '/events/count') return { n: rows.length, exact: true };
      if (pathname !== '/events') return { items: [], next: null, refs: noRefs };
      const from = Number(searchParams.get('after') ?? 0);
      const to = from + Number(searchParams.get('limit'));
      return { items: rows.slice(from, to), next: to < rows.length ? String(to) : null, refs: noRefs };
    });
    localStorage.setItem('svodka.signed-in', '1');
    await session.check();
    live.connect();
    await socket.open();
    const answered = new Set<object>();
    answering = setInterval(() => {
      for (const [i, each] of socket.asked.entries()) {
        if (each.event !== 'feed.subscribe' || answered.has(each)) continue;
        answered.add(each);
        void each.answer(testSnapshot(`r${i}`, '01', []));
      }
    }, 10);
  });
  afterEach(async () => {
    clearInterval(answering);
    rest.mockRestore();
    await socket.drop();
    live.disconnect();
  });

  const link = (title: string) => screen.queryByRole('link', { name: new RegExp(`^${title},|^${title}$`) });

  it('begins with what is most overdue, says how much that is, and hides nothing of today behind it', async () => {
    render(MyScreen);
    await until(() => screen.queryByRole('heading', { name: 'Просрочено, 304' }) && link('Нужно сегодня'));
    expect(link('Поздно 0')).toBeTruthy();
    expect(link('Поздно 5')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'ещё 299' }));
    await until(() => link('Поздно 303'));
    expect(screen.queryByRole('button', { name: /^ещё/ })).toBeNull();
  });
});

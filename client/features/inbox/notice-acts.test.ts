import type { NoticeView } from '@svodka/shared/contracts/notice';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { testNotice } from '../../testing/notices.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: NoticeActs } = await import('./NoticeActs.svelte');
const { session } = await import('../../state/session.svelte.ts');

const ORDER = '01890000-0000-7000-8000-0000000000a1';
const user = userEvent.setup();

describe('why a notice came', () => {
  let rest: ReturnType<typeof playRest>;
  let muted: string[] = [];
  const notice = (more: Partial<NoticeView> = {}) =>
    testNotice({ event: testEvent('e', 0, { projectId: ORDER }), ...more });

  beforeEach(async () => {
    muted = [];
    localStorage.setItem('svodka.signed-in', '1');
    rest = playRest((method, path, body) => {
      if (path === '/session') return testSession();
      if (path !== '/me/notifications') return {};
      const edit = body as { mute?: string; unmute?: string };
      if (method === 'PATCH') muted = edit.mute ? [edit.mute] : [];
      return { muted };
    });
    await session.check();
  });
  afterEach(() => rest.mockRestore());

  it('says that nothing more of its order is sent, and lets that be taken back where it was said', async () => {
    render(NoticeActs, { notice: notice() });
    await user.click(await screen.findByRole('button', { name: /^Не писать о заказе/ }));
    await screen.findByText(/Писем об этом заказе нет/);
    expect(muted).toEqual([ORDER]);
    await user.click(screen.getByRole('button', { name: /^Снова писать о заказе/ }));
    await screen.findByRole('button', { name: /^Не писать о заказе/ });
    expect(screen.queryByText(/Писем об этом заказе нет/)).toBeNull();
    expect(muted).toEqual([]);
  });

  it('says so of what was muted long ago, but not where somebody has named its reader', async () => {
    muted = [ORDER];
    const { rerender } = render(NoticeActs, { notice: notice() });
    await screen.findByText(/Писем об этом заказе нет/);
    await rerender({ notice: notice({ reason: 'mention' }) });
    expect(screen.queryByText(/Писем об этом заказе нет/)).toBeNull();
    expect(await screen.findByRole('button', { name: /^Снова писать о заказе/ })).toBeTruthy();
  });
});

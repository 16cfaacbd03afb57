import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { testNotice } from '../../testing/notices.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { session } = await import('../../state/session.svelte.ts');
const { toasts } = await import('../../state/toasts.svelte.ts');
const { toastNotice } = await import('./notice-toast.ts');

describe('what a toast offers to do about an event', () => {
  const open = jest.fn();
  let rest: ReturnType<typeof playRest>;
  const actsOf = (more: Partial<SvodkaEvent>) => {
    for (const { id } of [...toasts.items]) toasts.close(id);
    toastNotice(testNotice({ event: testEvent('e', 0, more) }), open);
    return toasts.items[0]?.actions ?? [];
  };
  const labels = (more: Partial<SvodkaEvent>) => actsOf(more).map(({ label }) => label);

  beforeEach(async () => {
    localStorage.setItem('svodka.signed-in', '1');
    rest = playRest((_, path) => (path === '/session' ? testSession() : {}));
    await session.check();
  });
  afterEach(() => rest.mockRestore());

  it('to take it or to say that it is done, while that is anybody’s to do', () => {
    expect(labels({ type: 'call.missed' })).toEqual([
      'Открыть',
      'Взять',
      'Решено',
      'Через час',
      'Почему мне?',
    ]);
    expect(labels({ type: 'mail.sent', status: 'recorded' })).toEqual([
      'Открыть',
      'Через час',
      'Почему мне?',
    ]);
  });

  it('of a shift that was handed over only to open it, there where it is taken', () => {
    const acts = actsOf({ type: 'shift.handover' });
    expect(acts.map(({ label }) => label)).toEqual(['Открыть', 'Через час', 'Почему мне?']);
    acts[0]?.run();
    expect(location.pathname).toBe('/shift/e');
    expect(open).not.toHaveBeenCalled();
  });

  it('says of a deadline that it is today only when it is', () => {
    const titleOn = (startOn: string) => {
      actsOf({ type: 'deadline.due', payload: { milestone: 'ship', startOn } });
      return toasts.items[0]?.title;
    };
    const day = (at: number) => new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Moscow' }).format(at);
    expect(titleOn(day(Date.now()))).toMatch(/^Отгрузка: срок сегодня, /);
    expect(titleOn(day(Date.now() - 2 * 86_400_000))).toMatch(/^Отгрузка: срок прошёл /);
  });

  it('says of several what is critical, whatever came after it', () => {
    for (const { id } of [...toasts.items]) toasts.close(id);
    const comes = (id: string, more: Partial<SvodkaEvent>) =>
      toastNotice(testNotice({ id, event: testEvent(id, 0, more) }), open);
    comes('a', { title: 'Скол на створке', importance: 'critical' });
    comes('b', { title: 'Доплата' });
    expect(toasts.items).toMatchObject([{ title: '2 уведомления', text: expect.stringContaining('Скол') }]);
    toasts.closeKey('notice a');
    comes('c', { title: 'Изделия готовы' });
    expect(toasts.items).toMatchObject([
      { title: '2 уведомления', text: expect.stringContaining('Изделия') },
    ]);
  });
});

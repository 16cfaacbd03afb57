import type { Role } from '@svodka/shared/contracts/user';
import type { Filter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { FilterSchema } from '@svodka/shared/filter/schema';
import { render, screen, waitFor } from '@testing-library/svelte';
import { testEvent } from '../../testing/events.ts';
import { playSocket, settled } from '../../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { default: MyScreen } = await import('./MyScreen.svelte');
const { live } = await import('../../api/live.ts');
const { i18n } = await import('../../state/i18n.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const NOBODY = { items: [], next: null, refs: { projects: [], counterparties: [], users: [] } };

async function open(roles: Role[]): Promise<Filter[]> {
  socket.asked = [];
  playRest((_, path) => (path === '/session' ? testSession(roles) : { ...NOBODY, todayOn: '2026-11-29' }));
  localStorage.setItem('svodka.signed-in', '1');
  await session.check();
  live.connect();
  await socket.open();
  render(MyScreen);
  const asked = () => socket.asked.filter(({ event }) => event === 'feed.subscribe');
  await waitFor(() => expect(asked()).toHaveLength(4));
  return asked().map(({ body }) => body.filter as Filter);
}
const isOfPromises = (filter: Filter) =>
  JSON.stringify(filter).includes('call.promise') && !JSON.stringify(filter).includes('"not"');

describe('what one begins the day with', () => {
  it.each<Role[][]>([
    [['manager']],
    [['manager', 'measurer']],
    [['manager', 'dispatcher']],
    [['manager', 'administrator']],
    [['dispatcher']],
    [['measurer']],
  ])('is asked for by what may be asked, by %j', async (roles) => {
    const asked = await open(roles);
    expect(asked.filter((filter) => !FilterSchema.safeParse(filter).success)).toEqual([]);
  });

  it('has the promises of no order too, for a manager who sees the whole stream', async () => {
    const promises = (await open(['manager', 'dispatcher'])).find(isOfPromises) as Filter;
    const by = (author: string, projectId: string | null) => ({
      ...testEvent('1', 1),
      type: 'call.promise' as const,
      status: 'open' as const,
      author: { userId: author, name: '' },
      projectId,
    });
    const among = (event: object) => toPredicate(promises as never)(event as never);
    expect(among(by('other', null))).toBe(true);
    expect(among(by(ANNA, 'order'))).toBe(true);
    expect(among(by('other', 'order'))).toBe(false);
  });

  it('asks again for what was refused when another language is spoken', async () => {
    await open(['dispatcher']);
    for (const { event, answer } of [...socket.asked])
      if (event === 'feed.subscribe')
        await answer({ ok: false, error: { code: 'validation', message: 'Нельзя', details: [] } });
    await screen.findAllByText(/Нельзя/);
    socket.asked = [];
    i18n.setLocale('en');
    await i18n.ready;
    await settled();
    await waitFor(() =>
      expect(socket.asked.filter(({ event }) => event === 'feed.subscribe').length).toBeGreaterThanOrEqual(3),
    );
    i18n.setLocale('ru');
  });
});

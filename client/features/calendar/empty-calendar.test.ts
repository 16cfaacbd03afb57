import { render, screen } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

const socket = playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: CalendarScreen } = await import('./CalendarScreen.svelte');
const { live } = await import('../../api/live.ts');
const { router } = await import('../../state/router.svelte.ts');

describe('the calendar of a company without installations and crews', () => {
  it('says so, where it went on waiting for crews that nobody had asked for, and keeps notes in sight', async () => {
    const rest = playRest((_method, path) => ({
      items: [],
      years: [],
      refs: { projects: [], counterparties: [], users: [] },
      nextCursor: null,
      ...(path.startsWith('/installations') && { busy: [], more: false, todayOn: '2026-11-28' }),
    }));
    router.go('/calendar');
    live.connect();
    await socket.open();
    render(DeskHost, { props: { part: CalendarScreen as unknown as Component<Record<string, unknown>> } });
    expect(await screen.findByRole('heading', { name: 'Здесь будут монтажи' })).toBeTruthy();
    // Of a month that opens at today, above what scrolls.
    const note = await screen.findByText(/Производственного календаря .* ещё нет/);
    expect(document.querySelector('.both')?.parentElement?.contains(note)).toBe(false);
    rest.mockRestore();
  });
});

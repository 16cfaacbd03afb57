import { render, screen } from '@testing-library/svelte';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';

playSocket();
const { default: Facts } = await import('./Facts.svelte');

describe('where an event comes from', () => {
  it.each([
    ['finance', 'ПП-318', true],
    ['orders', 'question:01a224a7-15ab-7309-b6d4-a28b2de2617f', false],
  ] as const)(
    'is said by the key of others, and not by one of the desk itself: %s %s',
    (module, externalId, isSaid) => {
      render(Facts, { event: testEvent('e', 0, { source: { module, externalId } }) });
      expect(screen.queryByText(externalId) !== null).toBe(isSaid);
    },
  );
});

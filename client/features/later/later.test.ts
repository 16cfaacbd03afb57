import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';

playSocket();
const { default: Later } = await import('./Later.svelte');
type Part = { default: Component<{ onclose: () => void }> };

it('a part that is still on its way is called off by Esc, once, and the key goes no further', async () => {
  let closed = 0;
  const heard: string[] = [];
  const hear = (event: KeyboardEvent) => heard.push(event.key);
  addEventListener('keydown', hear);
  const part = () => new Promise<Part>(() => {});
  const { unmount } = render(Later, { props: { part, onclose: () => closed++ } as never });
  await userEvent.keyboard('x{Escape}');
  expect(closed).toBe(1);
  unmount();
  await userEvent.keyboard('{Escape}');
  expect(closed).toBe(1);
  expect(heard).toEqual(['x', 'Escape']);
  removeEventListener('keydown', hear);
});

import { jest } from '@jest/globals';
import { newId } from '@svodka/shared/contracts/id';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: TalkDialog } = await import('./TalkDialog.svelte');
const { session } = await import('../../state/session.svelte.ts');
const user = userEvent.setup();
const ORDER = newId();

it('begins a discussion with its first words, once, and keeps them while there is no line', async () => {
  localStorage.clear();
  localStorage.setItem('svodka.signed-in', '1');
  playDialogs();
  const sent: { body: unknown; key: string | undefined }[] = [];
  let isCut = true;
  const rest = playRest((method, path, body, headers) => {
    if (path === '/session') return testSession();
    if (path !== `/projects/${ORDER}/discussion` || method !== 'POST') return {};
    sent.push({ body, key: headers['Idempotency-Key'] });
    if (isCut) throw new TypeError('fetch failed');
    return [201, { event: testEvent('e1', 1) }];
  });
  await session.check();
  const [onbegun, onclose] = [jest.fn(), jest.fn()];
  const open = () => render(TalkDialog, { of: 'projects', id: ORDER, onbegun, onclose });
  const first = open();
  expect(document.activeElement).toBe(screen.getByRole('textbox'));
  await user.keyboard('Держим срок');
  expect(sent).toEqual([]);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await screen.findByRole('alert');
  first.unmount();
  isCut = false;
  open();
  expect(screen.getByRole('textbox')).toHaveProperty('value', 'Держим срок');
  await user.type(screen.getByRole('textbox'), '{Control>}{Enter}{/Control}');
  await waitFor(() => expect(onbegun).toHaveBeenCalledWith('e1'));
  expect(onclose).toHaveBeenCalled();
  const { key } = sent[0] ?? {};
  expect(key).toBeTruthy();
  expect(sent).toEqual(
    Array(2).fill({ body: { id: key, body: 'Держим срок', mentionIds: [], groups: [] }, key }),
  );
  await waitFor(() => expect(screen.getByRole('textbox')).toHaveProperty('value', ''));
  rest.mockRestore();
});

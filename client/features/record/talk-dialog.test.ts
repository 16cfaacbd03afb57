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
const { draftOf } = await import('../../state/drafts.ts');
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
  const open = () => render(TalkDialog, { of: 'projects', id: ORDER, mayShow: true, onbegun, onclose });
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

describe('words that are changed', () => {
  const sent: { id?: string; body: string }[] = [];
  let answer: () => object | Promise<object>;
  let rest: ReturnType<typeof jest.spyOn>;
  const [onbegun, onclose] = [jest.fn(), jest.fn()];
  const open = () => render(TalkDialog, { of: 'projects', id: ORDER, mayShow: true, onbegun, onclose });
  const send = () => user.type(screen.getByRole('textbox'), '{Control>}{Enter}{/Control}');
  const cut = () => {
    throw new TypeError('fetch failed');
  };

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    playDialogs();
    sent.length = 0;
    onbegun.mockReset();
    rest = jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const isTalk = String(input).includes('/discussion');
      if (isTalk) sent.push(JSON.parse(String(init?.body)));
      const json = isTalk ? await answer() : String(input).endsWith('/session') ? testSession() : {};
      return new Response(JSON.stringify(json), { headers: { 'Content-Type': 'application/json' } });
    });
    await session.check();
  });
  afterEach(() => rest.mockRestore());

  it('are other first words than those whose answer was lost, also when the dialog was closed between', async () => {
    answer = cut;
    const first = open();
    await user.type(screen.getByRole('textbox'), 'Держим срок');
    await send();
    await screen.findByRole('alert');
    await send();
    await waitFor(() => expect(sent).toHaveLength(2));
    await user.type(screen.getByRole('textbox'), ', но с трудом');
    await send();
    await waitFor(() => expect(sent).toHaveLength(3));
    await screen.findByRole('alert');
    first.unmount();
    open();
    await user.type(screen.getByRole('textbox'), '. Почти');
    answer = () => ({ event: testEvent('e1', 1) });
    await send();
    await waitFor(() => expect(onbegun).toHaveBeenCalledWith('e1'));
    const [one, same, other, third] = sent.map(({ id }) => id);
    expect(one).toBeTruthy();
    expect(same).toBe(one);
    expect(new Set([one, other, third]).size).toBe(3);
  });

  it('stay, as words of their own, when they are typed while others are on their way', async () => {
    let arrive = (_: object) => {};
    answer = () => new Promise((resolve) => (arrive = resolve));
    onbegun.mockImplementation(() =>
      expect(draftOf<{ text: string; id: string }>(`talk.projects.${ORDER}`)).toMatchObject({
        text: 'Держим срок. И ещё',
        id: expect.not.stringMatching(sent[0]?.id ?? ''),
      }),
    );
    open();
    await user.type(screen.getByRole('textbox'), 'Держим срок');
    await send();
    await waitFor(() => expect(sent).toHaveLength(1));
    await user.type(screen.getByRole('textbox'), '. И ещё');
    arrive({ event: testEvent('e1', 1) });
    await waitFor(() => expect(onbegun).toHaveBeenCalled());
    expect(onbegun.mock.results).toEqual([{ type: 'return', value: undefined }]);
    expect(screen.getByRole('textbox')).toHaveProperty('value', 'Держим срок. И ещё');
  });
});

import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: Composer } = await import('./Composer.svelte');
const { OpenEvent } = await import('./open-event.svelte.ts');
const { queue } = await import('../../state/queue.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const EVENT = '01890000-0000-7000-8000-0000000000e1';
const user = userEvent.setup();

describe('words that wait in a draft', () => {
  let rest: ReturnType<typeof playRest>;

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    rest = playRest((_, path) => {
      if (path === '/session') return testSession();
      throw new TypeError('fetch failed');
    });
    await session.check();
  });
  afterEach(() => rest.mockRestore());

  it('are said once, whichever tab sends them; others beside them', async () => {
    const onsend = jest.fn();
    const tab = () => render(Composer, { eventId: EVENT, draft: `comment.${EVENT}`, onsend });
    const first = tab();
    await user.type(screen.getByRole('textbox'), 'Перезвонить');
    first.unmount();
    const tabs = [tab(), tab()];
    for (const each of tabs) {
      await user.type(each.container.querySelector('textarea') as HTMLElement, '{Control>}{Enter}{/Control}');
      each.unmount();
    }
    // What is typed next is no more the same draft.
    const next = tab();
    await user.type(screen.getByRole('textbox'), 'Другое{Control>}{Enter}{/Control}');
    next.unmount();
    const ids = onsend.mock.calls.map(([, id]) => id as string);
    expect(ids[0]).toBeTruthy();
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);

    const open = new OpenEvent(EVENT, testEvent(EVENT, 1));
    const say = (body: string) => open.say({ body, mentionIds: [] }, undefined, ids[0]);
    expect([say('Перезвонить'), say('Перезвонить')]).toEqual([ids[0], ids[0]]);
    expect(say('Перезвонить завтра')).not.toBe(ids[0]);
    expect(open.comments.map(({ body }) => body)).toEqual(['Перезвонить', 'Перезвонить завтра']);
    open.close();
    for (const { id } of queue.entries) queue.drop(id);
  });

  it('stay an answer, with their files, when they are changed before they are sent', async () => {
    const open = new OpenEvent(EVENT, testEvent(EVENT, 1));
    const id = open.say({ body: 'Да', mentionIds: [] }, '01890000-0000-7000-8000-0000000000c1');
    const [said] = open.comments;
    if (said) open.editComment(said, { body: 'Нет', mentionIds: [] });
    expect(open.comments).toMatchObject([
      { id, body: 'Нет', replyToId: '01890000-0000-7000-8000-0000000000c1' },
    ]);
    open.close();
    queue.drop(id);
  });
});

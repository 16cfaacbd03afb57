import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: PeopleScreen } = await import('./PeopleScreen.svelte');
const { default: Person } = await import('../lists/Person.svelte');
const { ruleWords } = await import('../rules/rule-words.ts');
const { refs } = await import('../../state/refs.svelte.ts');
const { router } = await import('../../state/router.svelte.ts');

const VERA = {
  ...testSession(['manager']).user,
  id: '01890000-0000-7000-8000-00000000000c',
  name: 'Вера Соколова',
};

describe('closing the access of a manager', () => {
  const sent: unknown[] = [];
  const open = async (orders: number) => {
    sent.length = 0;
    playDialogs();
    playRest((method, path, body) => {
      if (method === 'PATCH') {
        sent.push(body);
        return { ...VERA, disabledAt: '2026-11-29T09:00:00.000Z' };
      }
      if (path.startsWith('/projects/count')) return { n: orders, exact: true };
      return { items: [VERA], next: null };
    });
    router.go(`/people?sheet=${VERA.id}`);
    render(PeopleScreen);
    await userEvent.click(await screen.findByRole('button', { name: 'Закрыть доступ' }));
  };

  it('says first what stays with them, and where it is handed over', async () => {
    await open(3);
    const dialog = await screen.findByRole('dialog', { name: 'Закрыть доступ: Вера Соколова' });
    expect(dialog.textContent).toContain('остаются 3 незакрытых заказа');
    const link = within(dialog).getByRole('link', { name: 'Показать заказы' });
    expect(decodeURIComponent(link.getAttribute('href') ?? '')).toContain(`manager:${VERA.id}`);
    expect(sent).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Закрыть доступ' }));
    await waitFor(() => expect(sent).toEqual([{ disabled: true }]));
  });

  it('asks nothing where nothing stays', async () => {
    await open(0);
    await waitFor(() => expect(sent).toEqual([{ disabled: true }]));
  });
});

describe('somebody who is let in no more', () => {
  beforeEach(() =>
    refs.add({
      projects: [],
      counterparties: [],
      users: [{ id: VERA.id, name: VERA.name, disabled: true }],
    }),
  );

  it('is shown as such where they answer for something', () => {
    const { container } = render(Person, { id: VERA.id });
    expect(container.textContent?.replaceAll(/\s+/g, ' ')).toContain('Вера Соколова вход закрыт');
  });

  it('is told by a rule in the ways that there are for them, and customers by letter', () => {
    const of = (recipients: unknown[]) =>
      ruleWords({
        name: null,
        filter: '',
        orders: null,
        trigger: { on: 'occurred' },
        recipients,
        channels: ['inbox', 'mail'],
        delayMinutes: 0,
        digest: 'person',
        passesQuiet: false,
        escalation: null,
      } as never);
    expect(of([{ to: 'customer' }])).toContain('Сообщить заказчику: письмом.');
    expect(of([{ to: 'manager' }, { to: 'customer' }])).toMatch(
      /во «Входящие» и письмом\. Сообщить заказчику: письмом\./,
    );
  });

  it('is named as such in the rules that tell them', () => {
    const rule = {
      name: null,
      filter: '',
      orders: null,
      trigger: { on: 'occurred' as const },
      recipients: [{ to: 'person' as const, id: VERA.id }],
      channels: ['inbox' as const],
      delayMinutes: 0,
      digest: 'person' as const,
      passesQuiet: false,
      escalation: null,
    };
    expect(ruleWords(rule as never)).toContain('сотруднику (Вера Соколова, вход закрыт)');
  });
});

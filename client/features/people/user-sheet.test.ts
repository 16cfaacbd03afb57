import { jest } from '@jest/globals';
import type { User } from '@svodka/shared/contracts/user';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';
import UserSheet from './UserSheet.svelte';

const user = userEvent.setup();
const anna: User = testSession().user;

describe('sheet of a person', () => {
  const sent: { method: string; path: string; body: unknown }[] = [];
  let answer: () => object | [number, object] = () => ({});
  let rest: ReturnType<typeof playRest>;
  const onsaved = jest.fn();
  const onclose = jest.fn();

  beforeEach(() => {
    playDialogs();
    sent.length = 0;
    onsaved.mockReset();
    onclose.mockReset();
    rest = playRest((method, path, body) => {
      sent.push({ method, path, body });
      return answer();
    });
  });
  afterEach(() => rest.mockRestore());

  const open = (person: User | null) =>
    render(UserSheet, {
      user: person,
      departments: ['Замеры'],
      onsaved,
      onclose,
      onreset: () => {},
      ontoggle: () => {},
    });
  const save = (name: string) => user.click(screen.getByRole('button', { name: new RegExp(name) }));

  it('says at each field what is missing, and sends nothing', async () => {
    open(null);
    await save('Создать');
    expect(screen.getByLabelText(/^Имя/).getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByLabelText(/^Логин/).getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('Выберите хотя бы одну роль.')).toBeTruthy();
    expect(sent).toEqual([]);
  });

  it('creates a person with roles and lets the server make the password', async () => {
    open(null);
    answer = () => [201, { user: anna, password: 'vexed-otter-41' }];
    await user.type(screen.getByLabelText(/^Имя/), 'Анна Ковалёва');
    await user.type(screen.getByLabelText(/^Логин/), ' Anna ');
    await user.click(screen.getByRole('checkbox', { name: /^Менеджер/ }));
    await user.click(screen.getByRole('checkbox', { name: /^Диспетчер/ }));
    await save('Создать');
    await waitFor(() => expect(onsaved).toHaveBeenCalledWith({ user: anna, password: 'vexed-otter-41' }));
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/users',
        body: {
          id: expect.any(String),
          login: 'anna',
          name: 'Анна Ковалёва',
          roles: ['dispatcher', 'manager'],
          departmentId: null,
          isHead: false,
          email: null,
          locale: 'ru',
          tz: expect.any(String),
        },
      },
    ]);
  });

  it('shows a login that is taken at its field', async () => {
    open(null);
    answer = () => [
      409,
      {
        error: {
          code: 'conflict',
          message: 'Такая запись уже есть',
          details: [{ field: 'login', reason: 'taken', message: 'Уже занято' }],
        },
      },
    ];
    await user.type(screen.getByLabelText(/^Имя/), 'Другая Анна');
    await user.type(screen.getByLabelText(/^Логин/), 'anna');
    await user.click(screen.getByRole('checkbox', { name: /^Замерщик/ }));
    await save('Создать');
    expect((await screen.findByText('Уже занято')).getAttribute('role')).toBe('alert');
    expect(onsaved).not.toHaveBeenCalled();
  });

  it('says how many orders stay with whoever is no manager any more, and nothing while they are', async () => {
    answer = () => ({ n: 12, exact: true });
    open({ ...anna, roles: ['manager'] });
    await user.click(screen.getByRole('checkbox', { name: /^Менеджер/ }));
    await screen.findByText(/За сотрудником останутся 12 незакрытых заказов: передайте/);
    const asked = new URL(sent[0]?.path ?? '', 'http://desk');
    expect(asked.pathname).toBe('/projects/count');
    expect(asked.searchParams.get('filter')).toBe(`manager:${anna.id} -stage:closed`);
    await user.click(screen.getByRole('checkbox', { name: /^Менеджер/ }));
    expect(screen.queryByText(/незакрытых заказов/)).toBeNull();
  });

  it('sends of a known person only what was changed, and nothing when nothing was', async () => {
    open(anna);
    await save('Сохранить');
    expect(onclose).toHaveBeenCalled();
    expect(sent).toEqual([]);

    answer = () => ({ ...anna, email: 'anna@okna.example', version: 2 });
    await user.type(screen.getByLabelText(/^Почта/), 'anna@okna.example');
    await save('Сохранить');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent).toEqual([
      { method: 'PATCH', path: `/users/${anna.id}`, body: { email: 'anna@okna.example' } },
    ]);
  });
});

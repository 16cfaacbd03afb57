import { TABLE_CHANGES, type TableAnswer } from '@svodka/shared/contracts/tables';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { session } from '../../state/session.svelte.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';
import TableChanges from './TableChanges.svelte';
import TablePage from './TablePage.svelte';
import TablesHome from './TablesHome.svelte';

const ID = '01890000-0000-7000-8000-0000000000b1';
const AT = '2026-11-27T09:30:00.000Z';
const user = userEvent.setup();
const mapping: TableAnswer['table']['mapping'] = {
  kind: 'orders',
  key: 'Номер',
  columns: { Сумма: 'amount' },
  zone: 'Europe/Moscow',
  statuses: {},
};
const answerOf = (more: Partial<TableAnswer> = {}): TableAnswer => ({
  table: {
    id: ID,
    name: 'Заказы',
    mapping,
    dump: null,
    isOn: true,
    expectMin: null,
    silentSince: null,
    version: 1,
  },
  encoding: 'utf-8',
  isFirst: true,
  rows: 4,
  missing: [],
  isDoubtful: false,
  isCut: false,
  counts: Object.fromEntries(
    [...TABLE_CHANGES, 'events', 'off', 'refused'].map((name) => [name, 0]),
  ) as TableAnswer['counts'],
  changes: [],
  kept: { counts: { amount: 0, paid: 0, address: 0 }, items: [] },
  people: [],
  faults: [],
  words: [],
  ...more,
});

describe('what would become of a table', () => {
  it('says where orders that are here stay as they are, and whom nobody knows', () => {
    render(TableChanges, {
      answer: answerOf({
        kept: {
          counts: { amount: 3, paid: 1, address: 0 },
          items: [
            { key: '431', field: 'amount', here: 15_960_000, table: 18_235_050 },
            { key: '431', field: 'paid', here: 11_172_000, table: 13_447_050 },
          ],
        },
        people: [
          { name: 'Соколова', rows: 2, why: 'several' },
          { name: 'Никто', rows: 1, why: 'nobody' },
        ],
      }),
    });
    expect(screen.getByText('У 3 заказов сумма другая: останется как в Сводке')).toBeTruthy();
    expect(screen.getByText('У 1 заказа оплаченная сумма другая: останется как в Сводке')).toBeTruthy();
    expect(screen.queryByText(/адрес другой/)).toBeNull();
    const rows = screen.getAllByRole('row').map((row) => row.textContent?.replace(/\s+/g, ' ').trim());
    expect(rows.some((text) => text?.includes('431') && /159 600.*182 350,50/.test(text))).toBe(true);
    expect(screen.getByText('Менеджеров «Соколова» несколько: 2 строки остаются без менеджера')).toBeTruthy();
    expect(screen.getByText('Менеджера «Никто» здесь нет: 1 строка остаётся без менеджера')).toBeTruthy();
  });

  it('says what of a sum is counted already, and what is new', () => {
    const paid = { kind: 'paid' as const, fields: [], title: '' };
    render(TableChanges, {
      answer: answerOf({
        isFirst: false,
        changes: [
          { ...paid, key: '431', from: 0, to: 7_562_525, knownKop: 7_562_525, type: null },
          { ...paid, key: '432', from: 0, to: 7_000_000, knownKop: 5_000_000, type: 'payment.prepaid' },
          { ...paid, key: '433', from: 0, to: 100, knownKop: 0, type: 'payment.prepaid' },
        ],
      }),
    });
    const told = screen.getAllByRole('row').map((row) => row.textContent?.replace(/\s+/g, ' ').trim());
    expect(told[1]).toMatch(/431.*→ 75 625,25 ₽ уже учтено 75 625,25 ₽$/);
    expect(told[2]).toMatch(/432.*уже учтено 50 000 ₽, новое 20 000 ₽Предоплата/);
    expect(told[3]).not.toMatch(/учтено/);
  });

  it('counts what there is in words that fit the number', () => {
    const counts = { ...answerOf().counts, new: 2_000, paid: 3, card: 2, refused: 1_800 };
    render(TableChanges, { answer: answerOf({ isFirst: false, counts }) });
    const said = screen.getAllByRole('listitem').map(({ textContent }) => textContent?.replace(/\s+/g, ' '));
    expect(said).toEqual([
      '2 000 новых строк',
      '3 оплаты',
      '2 карточки',
      // Faults are of cells: their rows go in without them.
      '1 800 ячеек не прочитано',
    ]);
  });

  it('is said to be the first, where nothing was accepted yet', async () => {
    const rest = playRest(() => answerOf().table);
    try {
      render(TablePage, { id: ID, onborn: () => {} });
      expect(await screen.findByText(/^Первая выгрузка: покажем/)).toBeTruthy();
      expect(screen.queryByText(/Сравним с последней/)).toBeNull();
    } finally {
      rest.mockRestore();
    }
  });

  it('is connected by an administrator, which whoever may not is told', async () => {
    const rest = playRest((_, path) =>
      path === '/session' ? testSession(['dispatcher']) : { items: [] as never[] },
    );
    try {
      await session.signIn('anna', 'correct horse');
      render(TablesHome);
      expect(await screen.findByText(/Подключить таблицу может администратор/)).toBeTruthy();
    } finally {
      rest.mockRestore();
    }
  });

  it.each([
    ['dispatcher', /столбцы может выбрать администратор/],
    ['administrator', /выберите их выше/],
  ] as const)('says of columns that are not there what a %s can do', async (role, what) => {
    const rest = playRest(() => testSession([role]));
    try {
      await session.signIn('anna', 'correct horse');
      render(TableChanges, { answer: answerOf({ isFirst: false, missing: ['Оплачено', 'Статус'] }) });
      expect(screen.getByRole('alert').textContent).toMatch(/нет столбцов: Оплачено, Статус/);
      expect(screen.getByRole('alert').textContent).toMatch(what);
      // What has changed in them nobody knows.
      expect(screen.queryByText('Ничего не изменилось.')).toBeNull();
      expect(screen.getByText('В остальных столбцах ничего не изменилось.')).toBeTruthy();
    } finally {
      rest.mockRestore();
    }
  });

  it('lets a column that the file lacks be read no more', async () => {
    const bodies: unknown[] = [];
    const rest = playRest((method, path, body) => {
      if (path === '/session') return testSession(['administrator']);
      if (method === 'PATCH') bodies.push(body);
      if (path.includes('/look'))
        return { encoding: 'utf-8', columns: ['Номер', 'Цена'], rows: [], mapping, preset: null };
      const table = { ...answerOf().table, dump: { seq: 1, rows: 4, gone: 0, fileName: 'a', at: AT } };
      if (!path.includes('/dumps')) return method === 'PATCH' ? { ...table, ...(body as object) } : table;
      return answerOf({ table, isFirst: false, missing: bodies.length > 0 ? [] : ['Сумма'] });
    });
    try {
      await session.signIn('anna', 'correct horse');
      const { container } = render(TablePage, { id: ID, onborn: () => {} });
      const input = await waitFor(() => container.querySelector('input[type=file]') as HTMLInputElement);
      await screen.findByText(/Последняя принята/);
      await user.upload(input, new File(['Номер;Цена\n1;2'], 'a.csv'));
      await screen.findByRole('alert');
      const lacking = await screen.findByLabelText('Что это: Сумма');
      expect(lacking.closest('details')?.open).toBe(true);
      await user.selectOptions(lacking, 'не читаем');
      await user.click(screen.getByRole('button', { name: 'Показать, что получится' }));
      await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
      expect(bodies).toMatchObject([{ mapping: { columns: {} } }]);
    } finally {
      rest.mockRestore();
    }
  });

  it('is asked for anew where somebody says that a file is whole', async () => {
    const sent: string[] = [];
    const rest = playRest((_, path) => {
      sent.push(path);
      if (path.includes('/look'))
        return { encoding: 'utf-8', columns: ['Номер', 'Сумма'], rows: [], mapping, preset: null };
      if (!path.includes('/dumps')) return answerOf().table;
      return answerOf({ isFirst: false, isCut: !path.includes('sure=true') });
    });
    try {
      const { container } = render(TablePage, { id: ID, onborn: () => {} });
      const input = await waitFor(() => container.querySelector('input[type=file]') as HTMLInputElement);
      await waitFor(() => expect(sent.length).toBeGreaterThan(0));
      await user.upload(input, new File(['Номер;Сумма\n1;2'], 'a.csv'));
      await user.click(await screen.findByRole('button', { name: 'Это весь файл' }));
      await waitFor(() => expect(screen.queryByText(/Похоже, файл обрывается/)).toBeNull());
      await user.click(screen.getByRole('button', { name: 'Принять выгрузку' }));
      await screen.findByText('Выгрузка принята');
      const dumps = sent.filter((path) => path.includes('/dumps')).map((path) => path.split('?')[1]);
      expect(dumps).toEqual([
        'fileName=a.csv&dry=true',
        'fileName=a.csv&dry=true&sure=true',
        'fileName=a.csv&sure=true',
      ]);
    } finally {
      rest.mockRestore();
    }
  });
});

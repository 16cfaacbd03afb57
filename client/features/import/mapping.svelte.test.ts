import type { ImportBatch, ImportPreset, ImportPreview } from '@svodka/shared/contracts/import';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playRest } from '../../testing/sign-in.ts';
import ImportPlan from './ImportPlan.svelte';
import ImportRun from './ImportRun.svelte';
import { Mapping } from './mapping.svelte.ts';

const ID = '01890000-0000-7000-8000-0000000000b1';
const user = userEvent.setup();

function batchOf(columns: string[], preset: string | null = null): ImportBatch {
  return {
    id: ID,
    fileName: 'журнал.csv',
    state: 'uploaded',
    columns,
    dialect: null,
    sheets: [],
    doubts: [],
    badBytes: 0,
    survey: [],
    source: 'журнал',
    anew: null,
    keyBy: null,
    preset,
    mapping: null,
    counts: {
      rows: 0,
      read: 0,
      created: 0,
      existing: 0,
      repeated: 0,
      changed: 0,
      deleted: 0,
      errors: 0,
      projects: 0,
      alike: 0,
      decided: 0,
      skipped: 0,
      kept: 0,
      undone: 0,
    },
    startedAt: null,
    finishedAt: null,
    createdBy: ID,
    createdAt: '2026-03-14T06:00:00.000Z',
    failure: null,
    checkedAt: null,
    version: 1,
  };
}

const PRESETS: ImportPreset[] = [
  {
    code: 'orders-ru',
    requires: ['Дата', 'Событие'],
    mapping: {
      kind: 'events',
      columns: { Дата: 'occurredAt', Событие: 'title', Заказ: 'project' },
      type: 'note.free',
      importance: 'normal',
      zone: 'Europe/Moscow',
      due: 'each',
      order: null,
      words: {},
      source: null,
      sameNumbers: false,
      update: false,
      restore: false,
      alike: 'ask',
    },
  },
];

const row = (line: number, more: Partial<ImportPreview['rows'][number]> = {}) => ({
  line,
  title: `Событие ${line}`,
  type: 'note.free' as const,
  occurredAt: '2026-03-14T06:00:00.000Z',
  dueAt: null,
  project: '318',
  counterparty: null,
  errors: [],
  ...more,
});

describe('import mapping', () => {
  const sent: { path: string; body: unknown }[] = [];
  let preview: ImportPreview = { rows: [row(2)] };
  let rest: ReturnType<typeof playRest>;
  beforeEach(() => {
    sent.length = 0;
    preview = { rows: [row(2)] };
    rest = playRest((_method, path, body) => {
      sent.push({ path, body });
      return path.endsWith('/preview') ? preview : { ...batchOf([]), state: 'running', version: 2 };
    });
  });
  afterEach(() => rest.mockRestore());

  const open = (columns: string[], preset: string | null = null) => {
    const batch = batchOf(columns, preset);
    const mapping = new Mapping(batch, PRESETS, 'Europe/Moscow');
    const started: ImportBatch[] = [];
    render(ImportPlan, {
      batch,
      mapping,
      onchanged: (changed: ImportBatch) => started.push(changed),
      onreread: () => {},
    });
    return { mapping, started };
  };
  const target = (column: string) =>
    screen.getByRole('combobox', { name: `${column}: Станет` }) as HTMLSelectElement;

  it('begins from the preset that fits and guesses what the preset does not speak of', () => {
    const { mapping } = open(['Дата', 'Событие', 'Заказ', 'Клиент'], 'orders-ru');
    expect(mapping.mapping).toMatchObject({
      columns: { Дата: 'occurredAt', Событие: 'title', Заказ: 'project', Клиент: 'counterparty' },
      due: 'each',
    });
    expect(target('Клиент').value).toBe('counterparty');
  });

  it('asks for the columns that every event needs, and starts once they are named', async () => {
    const { started } = open(['A', 'B']);
    await user.click(screen.getByRole('button', { name: 'Импортировать' }));
    expect(screen.getAllByText('Укажите столбец, в котором сказано, что произошло.').length).toBeGreaterThan(
      0,
    );
    expect(started).toEqual([]);

    await user.selectOptions(target('A'), 'Что произошло');
    await user.selectOptions(target('B'), 'Когда произошло');
    await user.click(screen.getByRole('button', { name: 'Импортировать' }));
    await waitFor(() => expect(started).toHaveLength(1));
    expect(sent.at(-1)).toMatchObject({
      path: `/imports/${ID}/start`,
      body: { columns: { A: 'title', B: 'occurredAt' }, zone: 'Europe/Moscow' },
    });
  });

  it('shows the first rows as they are meant once a comparison is over', async () => {
    const batch = batchOf(['Дата', 'Событие', 'Заказ'], 'orders-ru');
    const mapping = new Mapping(batch, PRESETS, 'Europe/Moscow');
    const props = { batch, mapping, onchanged: () => {}, onreread: () => {} };
    const { rerender } = render(ImportPlan, props);
    await waitFor(() => expect(mapping.previewState).toBe('ready'));
    const compare = screen.getByRole('button', { name: 'Сверить весь файл' });
    mapping.columns.Заказ = 'ignore';
    mapping.changed();
    compare.click();
    await rerender({ ...props, batch: { ...batch, state: 'checking' as const, version: 2 } });
    await rerender({ ...props, batch: { ...batch, version: 3 } });
    await waitFor(() => expect(mapping.previewState).toBe('ready'));
    expect(sent.at(-1)).toMatchObject({
      path: `/imports/${ID}/preview`,
      body: { columns: { Заказ: 'ignore' } },
    });
  });

  it('marks a column that repeats another, and does not start with it', async () => {
    const { mapping, started } = open(['Дата', 'Событие', 'Итог'], 'orders-ru');
    await user.selectOptions(target('Итог'), 'Что произошло');
    expect(target('Итог').getAttribute('aria-invalid')).toBe('true');
    expect([...mapping.repeated]).toEqual(['Итог']);
    await user.click(screen.getByRole('button', { name: 'Импортировать' }));
    expect(started).toEqual([]);
  });

  it('shows how rows will look, what is wrong with one in its place, and follows a change', async () => {
    preview = {
      rows: [
        row(2),
        row(3, {
          title: '',
          errors: [{ line: 3, column: 'Дата', reason: 'not-a-time', value: 'вчера' }],
        }),
        row(4, { errors: [{ line: 4, column: '', reason: 'bad-byte', value: '' }] }),
        row(5, { occurredAt: '2026-11-02T21:00:00.000Z' }),
      ],
    };
    open(['Дата', 'Событие', 'Заказ'], 'orders-ru');
    const list = await screen.findByRole('list', { name: 'Первые строки' });
    const shown = within(list).getAllByRole('listitem');
    expect(shown[0]?.textContent).toContain('Событие 2');
    expect(shown[0]?.textContent).toContain('№ 318');
    expect(shown[1]?.textContent).toContain('Дата: не похоже на время: «вчера»');
    expect(shown[2]?.textContent).not.toContain(': испорченный');
    // A midnight is a day.
    expect(shown[3]?.textContent).not.toContain('00:00');
    expect(screen.getByText(/4 строки · 2 с ошибками/)).toBeTruthy();

    preview = { rows: [row(2)] };
    await user.selectOptions(target('Заказ'), 'Пропустить');
    await screen.findByText(/1 строка · все читаются/);
    expect(sent.at(-1)?.body).toMatchObject({ columns: { Заказ: 'ignore' } });
  });

  it('asks what records are whose numbers stand for others, and takes them for others until somebody says so', async () => {
    const anew = { source: 'Звонки октябрь', own: 'Звонки ноябрь', known: 1, others: 1 };
    const batch = { ...batchOf(['Дата', 'Событие'], 'orders-ru'), source: anew.own, anew };
    const mapping = new Mapping(batch, PRESETS, 'Europe/Moscow');
    render(ImportPlan, { batch, mapping, onchanged: () => {}, onreread: () => {} });
    expect(
      screen.getByText(/1 из 1 записи с теми же номерами в источнике «Звонки октябрь» говорит/),
    ).toBeTruthy();
    const which = screen.getByRole('combobox', { name: 'Что это за записи' }) as HTMLSelectElement;
    expect(which.value).toBe('own');
    await user.selectOptions(which, 'Те же записи, исправленные');
    expect(mapping.mapping).toMatchObject({ source: 'Звонки октябрь', sameNumbers: true, update: true });
    await user.selectOptions(which, 'Другие записи с теми же номерами');
    expect(mapping.mapping).toMatchObject({ source: 'Звонки ноябрь', sameNumbers: false, update: false });
    // A source named by hand has no answer yet.
    const source = screen.getByRole('textbox', { name: 'Откуда записи' });
    await user.clear(source);
    await user.type(source, anew.source);
    expect([which.value, mapping.mapping.sameNumbers]).toEqual(['', false]);
    mapping.close();
  });

  it('says of an import that changed nothing what differs and was left alone', () => {
    const batch: ImportBatch = {
      ...batchOf(['Дата', 'Событие'], 'orders-ru'),
      state: 'done',
      mapping: PRESETS[0]?.mapping ?? null,
    };
    const counts = { ...batch.counts, rows: 6, read: 6, changed: 6 };
    const { unmount } = render(ImportRun, { batch: { ...batch, counts }, onchanged: () => {} });
    expect(screen.getByRole('status').textContent).toContain('Импорт завершён: ничего не записано');
    expect(document.querySelector('[data-count=changed]')?.parentElement?.textContent).toBe(
      '6 отличаются, не тронуты',
    );
    unmount();
    const mapping = batch.mapping && { ...batch.mapping, update: true };
    render(ImportRun, { batch: { ...batch, counts, mapping }, onchanged: () => {} });
    expect(screen.queryByText('Импорт завершён')).toBeTruthy();
    expect(screen.queryByText('изменено')).toBeTruthy();
  });
});

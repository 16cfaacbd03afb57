import { jest } from '@jest/globals';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { ApiError } from '../../api/rest.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest } from '../../testing/sign-in.ts';
import SaveTable from './SaveTable.svelte';

const user = userEvent.setup();
type Row = { id: string; n: number };
type Rows = { items: Row[]; next: string | null };
const columns = [{ label: 'Номер', of: ({ n }: Row) => String(n) }];
const rowsFrom = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ id: `row ${from + i}`, n: from + i }));

describe('a list as a table', () => {
  const saved: { name: string; blob: Blob }[] = [];
  const onclose = jest.fn();
  let blob: Blob;
  let told: unknown[];
  let isHeard: boolean;

  beforeEach(() => {
    playDialogs();
    saved.length = 0;
    told = [];
    isHeard = true;
    playRest((_, path, body) => {
      if (path !== '/audit/saved-lists') return {};
      if (!isHeard) return [503, { error: { code: 'unavailable', message: '', correlationId: '' } }];
      told.push(body);
      return {};
    });
    onclose.mockReset();
    for (const { id } of toasts.items) toasts.close(id);
    URL.createObjectURL = (given) => {
      blob = given as Blob;
      return 'blob:1';
    };
    URL.revokeObjectURL = () => undefined;
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, blob });
    });
  });
  afterEach(() => jest.restoreAllMocks());

  async function lines(): Promise<string[]> {
    const reader = new FileReader();
    await new Promise((done) => {
      reader.onload = done;
      reader.readAsText(saved[0]?.blob as Blob);
    });
    return String(reader.result).split('\r\n').filter(Boolean);
  }
  const open = (page: (after: string | null, signal: AbortSignal) => Promise<Rows>) =>
    render(SaveTable<Row>, {
      name: 'Оплаты: «май»',
      of: { list: 'events', filter: 'type:payment.final' },
      columns,
      page,
      onclose,
    });

  it('has every row of every page, and says how many', async () => {
    open(async (after) =>
      // The second has moved down meanwhile.
      after === null ? { items: rowsFrom(1, 2), next: 'a' } : { items: rowsFrom(2, 2), next: null },
    );
    await waitFor(() => expect(onclose).toHaveBeenCalled());
    expect(await lines()).toEqual(['"Номер"', '"1"', '"2"', '"3"']);
    expect(saved[0]?.name).toMatch(/^Оплаты «май» \d{4}-\d\d-\d\d\.csv$/);
    expect(toasts.items.map(({ title }) => title)).toEqual(['Сохранено 3 строки']);
  });

  it('says that it could not read on, and goes on from there', async () => {
    let isAway = true;
    const asked: (string | null)[] = [];
    open(async (after) => {
      asked.push(after);
      if (after === null) return { items: rowsFrom(1, 2), next: 'a' };
      if (isAway) throw new ApiError({ code: 'unavailable', message: '' }, true);
      return { items: rowsFrom(3, 2), next: null };
    });
    await screen.findByRole('alert');
    expect(saved).toEqual([]);
    isAway = false;
    await user.click(screen.getByRole('button', { name: 'Повторить' }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(asked).toEqual([null, 'a', 'a']);
    expect(await lines()).toHaveLength(5);
  });

  it('is told to the access log, and is handed over when that has heard of it', async () => {
    isHeard = false;
    const asked: (string | null)[] = [];
    open(async (after) => {
      asked.push(after);
      return { items: rowsFrom(1, 2), next: null };
    });
    await screen.findByRole('alert');
    expect([saved.length, told.length]).toEqual([0, 0]);
    isHeard = true;
    await user.click(screen.getByRole('button', { name: 'Повторить' }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(told).toEqual([{ list: 'events', filter: 'type:payment.final', rows: 2 }]);
    expect(asked).toEqual([null]);
    expect(await lines()).toHaveLength(3);
  });

  it('reads no further once it is closed', async () => {
    const signals: AbortSignal[] = [];
    let go = (_: Rows) => {};
    const { unmount } = open((_, signal) => {
      signals.push(signal);
      return new Promise((resolve) => {
        go = resolve;
      });
    });
    await waitFor(() => expect(signals).toHaveLength(1));
    unmount();
    go({ items: rowsFrom(1, 2), next: 'a' });
    await Promise.resolve();
    expect([signals.length, signals[0]?.aborted, saved.length]).toEqual([1, true, 0]);
  });

  it('ends where a table of calculation would complain, and says that there is more', async () => {
    open(async (after) => ({ items: rowsFrom(Number(after), 10_000), next: `${Number(after) + 10_000}` }));
    await waitFor(() => expect(onclose).toHaveBeenCalled());
    expect(await lines()).toHaveLength(50_001);
    expect(toasts.items.map(({ title }) => title)).toEqual(['Сохранены первые 50\u00a0000 строк']);
  });
});

import { jest } from '@jest/globals';
import type { WorkingDaysEdit, YearDays } from '@svodka/shared/contracts/working-days';
import { CALENDAR_RU } from '@svodka/shared/rules/orders/calendar-ru';
import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { outbox } from '../../state/outbox.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { workingDays } from '../../state/working-days.svelte.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';
import WorkingDaysScreen from './WorkingDaysScreen.svelte';

const user = userEvent.setup();
const PUBLISHED = CALENDAR_RU[2026] as YearDays;

describe('the year of working days', () => {
  /** What the company has set of 2026, as the server has it. */
  let stored: { days: YearDays | null; version: number };
  let sent: WorkingDaysEdit[];
  let rest: ReturnType<typeof playRest>;
  /** Nothing that is written comes through. */
  let isCut: boolean;
  const years = () => ({
    years: [
      { year: 2026, ...(stored.days ?? PUBLISHED), isOwn: stored.days !== null, version: stored.version },
    ],
  });
  /** Another administrator saves. */
  const other = (days: Partial<YearDays>) => {
    stored = { days: { ...(stored.days ?? PUBLISHED), ...days }, version: stored.version + 1 };
  };

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    for (const { id } of toasts.items) toasts.close(id);
    stored = { days: null, version: 0 };
    sent = [];
    isCut = false;
    rest = playRest((method, path, body) => {
      if (path === '/session') return testSession(['administrator']);
      if (method !== 'PATCH') return years();
      if (isCut) return [503, { error: { code: 'unavailable', message: 'cut', correlationId: '' } }];
      const edit = body as WorkingDaysEdit;
      if (edit.version !== stored.version)
        return [
          409,
          { error: { code: 'conflict', message: 'stale version', correlationId: '', current: years() } },
        ];
      sent.push(edit);
      stored = { days: edit.days, version: stored.version + 1 };
      return years();
    });
    await session.check();
    router.go('/working-days?year=2026');
    await workingDays.read();
  });
  afterEach(() => {
    rest.mockRestore();
    jest.restoreAllMocks();
  });

  const day = (label: string) => screen.getByRole('button', { name: new RegExp(`, ${label}: `) });
  const kind = (label: string) => /: (.*)$/.exec(day(label).getAttribute('aria-label') ?? '')?.[1];
  const press = (name: string) => user.click(screen.getByRole('button', { name }));

  it('names the days of the week over every month, each over its own', () => {
    render(WorkingDaysScreen);
    const months = screen.getAllByRole('heading', { level: 2 });
    expect(months).toHaveLength(12);
    for (const month of months) {
      const heads = month.parentElement?.querySelectorAll('.head') ?? [];
      expect([...heads].map((head) => head.textContent)).toEqual(['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс']);
      const first = month.parentElement?.querySelector('button');
      const name = /(\S+), 1 /.exec(first?.getAttribute('aria-label') ?? '')?.[1] ?? '';
      const column = Number.parseInt(first?.style.gridColumn ?? '', 10);
      const names = ['понедельник', 'вторник', 'среда', 'четверг', 'пятница', 'суббота', 'воскресенье'];
      expect(names[column - 1]).toBe(name);
    }
  });

  it('keeps what is not saved while its editor is elsewhere, and lets go of it when asked to', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    expect(kind('10 марта')).toBe('выходной');
    cleanup();
    render(WorkingDaysScreen);
    expect(kind('10 марта')).toBe('выходной');
    await user.click(
      within(screen.getByText(/неотправленный черновик/).closest('p') as HTMLElement).getByRole('button'),
    );
    expect(kind('10 марта')).toBe('рабочий');
    cleanup();
    render(WorkingDaysScreen);
    expect(kind('10 марта')).toBe('рабочий');
  });

  it('keeps nothing of what was saved, or turned back', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    await press('Сохранить');
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.days?.off).toEqual([...PUBLISHED.off, '03-10']);
    await user.click(day('11 марта'));
    await user.click(day('11 марта'));
    await user.click(day('11 марта'));
    cleanup();
    render(WorkingDaysScreen);
    expect([kind('10 марта'), kind('11 марта')]).toEqual(['выходной', 'рабочий']);
    expect(screen.queryByText(/неотправленный черновик/)).toBeNull();
  });

  it('gives a year back as it was published, and its days again when that is undone', async () => {
    other({ off: ['03-10'] });
    await workingDays.read();
    render(WorkingDaysScreen);
    await press('Вернуть опубликованный');
    await waitFor(() => expect(kind('10 марта')).toBe('рабочий'));
    const toast = await waitFor(() => toasts.items.find(({ actions }) => actions));
    toast?.actions?.[0]?.run();
    await waitFor(() => expect(kind('10 марта')).toBe('выходной'));
    expect(stored.days).toMatchObject({ off: ['03-10'] });
  });

  it('lays its changes over what somebody else has saved of other days', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    other({ off: [...PUBLISHED.off, '04-10'] });
    await press('Сохранить');
    await waitFor(() => expect(sent).toHaveLength(1));
    expect([...(stored.days?.off ?? [])].sort()).toEqual([...PUBLISHED.off, '03-10', '04-10'].sort());
    expect([kind('10 марта'), kind('10 апреля')]).toEqual(['выходной', 'выходной']);
  });

  describe('of days that somebody else has changed as well', () => {
    /** Two of one's own days are others by now, and a third is nobody's but one's own. */
    async function disputeTwo() {
      render(WorkingDaysScreen);
      for (const label of ['10 марта', '11 марта', '12 марта']) await user.click(day(label));
      other({ short: [...PUBLISHED.short, '03-10', '03-11'], off: [...PUBLISHED.off, '04-10'] });
      await press('Сохранить');
      await screen.findByRole('status');
    }

    it('says which they are, and writes none of them before each is decided', async () => {
      await disputeTwo();
      const note = screen.getByRole('status').textContent;
      expect(note).toContain('10 мар.');
      expect(note).toContain('11 мар.');
      expect(note).not.toContain('12 мар.');
      await press('Сохранить');
      await press('10 мар. — как стало: сокращённый');
      await press('Сохранить');
      expect(sent).toEqual([]);
      await press('11 мар. — моё: выходной');
      expect(screen.queryByRole('status')).toBeNull();
      expect([kind('10 марта'), kind('11 марта'), kind('12 марта')]).toEqual([
        'сокращённый',
        'выходной',
        'выходной',
      ]);
      await press('Сохранить');
      await waitFor(() => expect(sent).toHaveLength(1));
      expect(stored.days?.short).toContain('03-10');
      expect(stored.days?.off).toEqual(expect.arrayContaining(['03-11', '03-12', '04-10']));
    });

    it("takes them all as they have become, or keeps all of one's own", async () => {
      await disputeTwo();
      await press('Все как стало');
      expect([kind('10 марта'), kind('11 марта'), kind('12 марта')]).toEqual([
        'сокращённый',
        'сокращённый',
        'выходной',
      ]);
      cleanup();
      localStorage.clear();
      stored = { days: null, version: 0 };
      await workingDays.read();
      await disputeTwo();
      await press('Все мои');
      await press('Сохранить');
      await waitFor(() => expect(sent).toHaveLength(1));
      expect(stored.days?.off).toEqual(expect.arrayContaining(['03-10', '03-11', '03-12']));
    });

    it('asks still when one of them is pressed once more, and anew when it is changed again', async () => {
      await disputeTwo();
      await press('Все мои');
      other({ short: [], off: [...PUBLISHED.off, '04-10'] });
      await workingDays.read();
      await user.click(day('10 марта'));
      await press('Сохранить');
      expect(sent).toEqual([]);
      expect(screen.getByRole('status').textContent).toContain('10 мар.');
    });
  });

  it('keeps notes and legend out of what scrolls, so that they are in sight at any month', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    await user.click(day('11 марта'));
    cleanup();
    other({ short: [...PUBLISHED.short, '03-10'] });
    await workingDays.read();
    const { container } = render(WorkingDaysScreen);
    const scrolls = container.querySelector('.months')?.parentElement as HTMLElement;
    const seen = [
      screen.getByText(/неотправленный черновик/),
      screen.getByRole('status'),
      screen.getByText(/Нажмите на день/),
      container.querySelector('.legend'),
    ];
    for (const note of seen) expect(scrolls.contains(note)).toBe(false);
  });

  it('takes back what was saved by the key that takes back anything', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    await press('Сохранить');
    await waitFor(() => expect(stored.days?.off).toContain('03-10'));
    expect(outbox.undoLast()).toBe(true);
    await waitFor(() => expect(stored.days).toBeNull());
    await waitFor(() => expect(kind('10 марта')).toBe('рабочий'));
    expect(toasts.items.some(({ actions }) => actions)).toBe(false);
  });

  it('takes nothing back over what somebody else has saved since', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    await press('Сохранить');
    await waitFor(() => expect(stored.days?.off).toContain('03-10'));
    other({ off: [...PUBLISHED.off, '03-10', '04-10'] });
    await workingDays.read();
    const toast = await waitFor(() => toasts.items.find(({ actions }) => actions));
    toast?.actions?.[0]?.run();
    await waitFor(() => expect(toasts.items.some(({ tone }) => tone === 'critical')).toBe(true));
    expect(stored.days?.off).toContain('04-10');
  });

  it('offers to take back once more what the line has cut off', async () => {
    render(WorkingDaysScreen);
    await user.click(day('10 марта'));
    await press('Сохранить');
    await waitFor(() => expect(stored.days?.off).toContain('03-10'));
    isCut = true;
    outbox.undoLast();
    await waitFor(() => expect(toasts.items.some(({ tone }) => tone === 'critical')).toBe(true));
    isCut = false;
    expect(outbox.undoLast()).toBe(true);
    await waitFor(() => expect(stored.days).toBeNull());
  });

  it('shows of a year that nobody has published the holidays that the law fixes', () => {
    router.go('/working-days?year=2031');
    render(WorkingDaysScreen);
    expect([kind('1 января'), kind('9 января'), kind('12 июня')]).toEqual([
      'выходной',
      'рабочий',
      'выходной',
    ]);
  });

  it('opens at the present month where that is out of sight', () => {
    router.go('/working-days');
    const seen: (string | undefined)[] = [];
    const top = jest.spyOn(Element.prototype, 'getBoundingClientRect');
    top.mockReturnValue({ top: 2000, bottom: 2300 } as DOMRect);
    Element.prototype.scrollIntoView = function () {
      seen.push(this.querySelector('h2')?.textContent?.trim().split(/\s/)[0]);
    };
    render(WorkingDaysScreen);
    const month = new Intl.DateTimeFormat('ru', { month: 'long' }).format(new Date());
    expect(seen).toEqual([month]);
  });
});

import { jest } from '@jest/globals';
import { newId } from '@svodka/shared/contracts/id';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';
import type { KeptDraft } from './event-draft.svelte.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { FormDrafts, formDrafts } = await import('../../state/form-drafts.ts');
const { tabs } = await import('../../state/tabs.ts');
const { EventDraft } = await import('./event-draft.svelte.ts');
const { default: EventForm } = await import('./EventForm.svelte');
const { session } = await import('../../state/session.svelte.ts');
const { queue } = await import('../../state/queue.svelte.ts');
const { refs } = await import('../../state/refs.svelte.ts');

const noRefs = { projects: [], counterparties: [], users: [] };
const user = userEvent.setup();
type Body = NonNullable<ReturnType<InstanceType<typeof EventDraft>['create']>>;

describe('event form', () => {
  const sent: { method: string; path: string; body: unknown }[] = [];
  let answer: (method: string, path: string) => object | [number, object] | undefined = () => undefined;
  let rest: ReturnType<typeof playRest>;
  const onsaved = jest.fn();
  const onclose = jest.fn();

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    playDialogs();
    sent.length = 0;
    onsaved.mockReset();
    onclose.mockReset();
    rest = playRest((method, path, body) => {
      if (path === '/session') return testSession();
      sent.push({ method, path, body });
      return answer(method, path);
    });
    await session.check();
  });

  afterEach(() => rest.mockRestore());

  const save = (name: string) => user.click(screen.getByRole('button', { name: new RegExp(name) }));

  /** A new event, without what an earlier test has left in it. */
  async function openNew() {
    const form = render(EventForm, { onclose, onsaved });
    const anew = screen.queryByText('Начать заново');
    if (anew) await user.click(anew);
    return form;
  }

  async function choose(type: string) {
    const box = screen.getByRole('combobox', { name: 'Тип' });
    await user.clear(box);
    await user.type(box, type);
    await user.click(screen.getAllByRole('option', { name: new RegExp(type) })[0] as HTMLElement);
  }

  it('says who may write a type that is looked for and not among one’s own', async () => {
    rest.mockRestore();
    rest = playRest((_, path) => (path === '/session' ? testSession(['manager']) : undefined));
    await session.check();
    await openNew();
    const box = screen.getByRole('combobox', { name: 'Тип' });
    await user.clear(box);
    await user.type(box, 'Предоплата внес');
    await screen.findByText('Предоплата внесена: вносят администратор, диспетчер и финансы');
    await user.clear(box);
    await user.type(box, 'Абракадабра');
    await screen.findByText('Ничего не нашлось');
  });

  it('says at the field that a year was mistyped, and sends nothing', async () => {
    await openNew();
    await user.type(screen.getByRole('textbox', { name: /Название|Что произошло/ }), 'Замер');
    const due = screen.getByLabelText('Срок');
    await fireEvent.input(due, { target: { value: '0026-12-05' } });
    await save('Создать|Записать');
    expect(screen.getByText('Проверьте год')).toBeTruthy();
    expect(due.getAttribute('aria-invalid')).toBe('true');
    expect(sent).toEqual([]);
  });

  it('asks for a title and marks the field that lacks it', async () => {
    const { unmount } = await openNew();
    await save('Записать');
    const title = screen.getByLabelText(/Что произошло/);
    expect(title.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(title.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(
      /Заполните/,
    );
    expect(sent).toEqual([]);
    unmount();
  });

  it('refuses what is not an amount, by the same schema as the server', async () => {
    const { unmount } = await openNew();
    await choose('Предоплата внесена');
    await user.type(screen.getByLabelText(/Сумма/), 'много');
    await save('Записать');
    expect(screen.getByLabelText(/Сумма/).getAttribute('aria-invalid')).toBe('true');
    expect(sent).toEqual([]);
    unmount();
  });

  it('sends kopecks, a title made from them, and its own id as the key', async () => {
    answer = () => ({ event: testEvent('a', 1), refs: noRefs });
    const { unmount } = await openNew();
    await choose('Предоплата внесена');
    await user.type(screen.getByLabelText(/Сумма/), '184300,50');
    await user.type(screen.getByLabelText(/Доля договора/), '70');
    await save('Записать');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/events',
      body: {
        type: 'payment.prepaid',
        title: 'Предоплата внесена 70 % — 184\u00a0300,50\u00a0₽',
        payload: { amountKop: 18_430_050, percentOfContract: 70 },
      },
    });
    unmount();
  });

  it('shows what the server refuses beside its field, and loses nothing', async () => {
    answer = () => [
      400,
      {
        error: {
          code: 'validation',
          message: 'Данные не приняты',
          details: [{ field: 'occurredAt', reason: 'in-future', message: 'Не позже текущего времени' }],
        },
      },
    ];
    const { unmount } = await openNew();
    await user.type(screen.getByLabelText(/Что произошло/), 'Будущее');
    await save('Записать');
    expect(await screen.findByText('Не позже текущего времени')).toBeTruthy();
    expect(screen.getByLabelText(/Что произошло/)).toHaveProperty('value', 'Будущее');
    expect(onclose).not.toHaveBeenCalled();
    unmount();
  });

  it('refuses an amount below nothing at its field, and takes the error back when it is corrected', async () => {
    const { unmount } = await openNew();
    await choose('Предоплата внесена');
    const amount = () => screen.getByLabelText(/Сумма/);
    await user.type(amount(), '-500');
    await save('Записать');
    expect(amount().getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('Сумма должна быть больше нуля')).toBeTruthy();
    await user.clear(amount());
    await user.type(amount(), '500');
    await waitFor(() => expect(amount().getAttribute('aria-invalid')).toBeNull());
    expect(screen.queryByText('Проверьте отмеченные поля.')).toBeNull();
    expect(sent).toEqual([]);
    unmount();
  });

  it('asks before a payment is written that its order has already, and writes it when it is said again', async () => {
    live.connect();
    await socket.open();
    const order = '01890000-0000-7000-8000-000000000443';
    const there = testEvent('b', 1, {
      type: 'payment.prepaid',
      module: 'finance',
      title: 'Предоплата внесена',
      occurredAt: new Date().toISOString(),
      author: { userId: null, name: 'Ирина' },
      payload: { amountKop: 10_000 },
    });
    answer = (method, path) => {
      if (path.startsWith('/events?')) return { items: [there], next: null, refs: noRefs };
      if (method === 'GET') return [404, { error: { code: 'not-found', message: '' } }];
      return { event: testEvent('a', 1), refs: noRefs };
    };
    const about = { type: 'payment.received', projectId: order } as const;
    const { unmount } = render(EventForm, { about, onclose, onsaved });
    const written = () => sent.filter(({ method, path }) => method === 'POST' && path === '/events');
    const pay = async (sum: string) => {
      await user.clear(screen.getByLabelText(/Сумма/));
      await user.type(screen.getByLabelText(/Сумма/), sum);
      await save('Записать|Сохранить');
    };
    await pay('100');
    await screen.findByText(/Такой платёж уже есть.*Ирина/);
    const asked = sent.find(({ path }) => path.startsWith('/events?'))?.path ?? '';
    const filter = new URLSearchParams(asked.split('?')[1]).get('filter');
    expect(filter).toMatch(
      new RegExp(`^project:${order} type:payment.prepaid,payment.received,payment.final occurred:\\d{4}-`),
    );
    expect(written()).toEqual([]);
    // A key that was pressed twice has not answered the question.
    await save('Записать');
    await screen.findByText(/Такой платёж уже есть.*Ирина/);
    const now = performance.now();
    const later = jest.spyOn(performance, 'now').mockReturnValue(now + 5_000);
    await save('Записать');
    await waitFor(() => expect(written()).toHaveLength(1));
    later.mockRestore();
    unmount();
    // One that is changed into it is asked about as well, and is not taken for itself.
    const other = { ...there, id: 'c', projectId: order, payload: { amountKop: 7_000 } };
    const edit = render(EventForm, { event: other, onclose, onsaved });
    const changed = () => sent.filter(({ method }) => method === 'PATCH');
    await pay('100');
    await screen.findByText(/Такой платёж уже есть.*Ирина/);
    expect(changed()).toEqual([]);
    Object.assign(there, { id: 'c', payload: { amountKop: 20_000 } });
    await pay('200');
    await waitFor(() => expect(changed()).toHaveLength(1));
    edit.unmount();
    await socket.drop();
    live.disconnect();
  });

  it('asks in words for what only words can say', async () => {
    const { unmount } = await openNew();
    await choose('Особенности работы с заказчиком');
    await save('Записать');
    expect(screen.getByLabelText(/Название|Что произошло/).getAttribute('aria-invalid')).toBe('true');
    await user.type(screen.getByLabelText(/Подробности/), 'Звонить после 18:00');
    await waitFor(() =>
      expect(screen.getByLabelText(/Название|Что произошло/).getAttribute('aria-invalid')).toBeNull(),
    );
    expect(sent).toEqual([]);
    unmount();
  });

  it('asks for the order before the openings, and goes on in the new one', async () => {
    const { unmount } = await openNew();
    await choose('Замерный лист');
    const order = screen.getByRole('combobox', { name: 'Заказ' });
    const rooms = () => screen.getAllByLabelText('Помещение');
    expect(order.compareDocumentPosition(rooms()[0] as Node)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    await user.click(screen.getByRole('button', { name: 'Добавить проём' }));
    await waitFor(() => expect(document.activeElement).toBe(rooms()[1]));
    // By keys alone: Enter on the last field of an opening that says something begins the next, an empty one ends them.
    await user.type(rooms()[1] as HTMLElement, 'Кухня');
    const ticks = () => screen.getAllByRole('checkbox', { name: 'Четверть' });
    (ticks().at(-1) as HTMLElement).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(rooms()[2]));
    (ticks().at(-1) as HTMLElement).focus();
    await user.keyboard('{Enter}');
    expect(rooms()).toHaveLength(3);
    expect(document.activeElement?.closest('.opening')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Убрать проём 2' }));
    await waitFor(() => expect(document.activeElement).toBe(rooms()[1]));
    unmount();
  });

  it('lets a form go whose line is dead: the outbox has it', async () => {
    rest.mockRestore();
    rest = playRest((_, path) => {
      if (path === '/session') return testSession();
      throw new TypeError('fetch failed');
    });
    const { unmount } = await openNew();
    await user.type(screen.getByLabelText(/Название|Что произошло/), 'Без связи');
    const before = Date.now();
    await save('Записать');
    await waitFor(() => expect(onclose).toHaveBeenCalled());
    unmount();
    expect(queue.entries).toMatchObject([{ deed: { kind: 'create', body: { title: 'Без связи' } } }]);
    // Not when the form was opened, which may have been yesterday.
    const [{ deed } = {}] = queue.entries;
    expect(deed?.kind === 'create' && deed.writtenAt).toBeGreaterThanOrEqual(before);
    for (const { id } of queue.entries) await waitFor(() => expect(queue.drop(id)).toBe(true));
    const next = render(EventForm, { onclose, onsaved });
    expect(screen.getByLabelText(/Название|Что произошло/)).toHaveProperty('value', '');
    next.unmount();
  });

  it('keeps a half-made edit over Esc, guarded by what was seen then', async () => {
    const event = testEvent('01890000-0000-7000-8000-000000000003', 1, { title: 'Было', rev: 4 });
    const first = render(EventForm, { event, onclose, onsaved });
    await user.type(screen.getByLabelText(/Подробности/), 'недописано');
    first.unmount();
    answer = () => ({ event: { ...event, rev: 6 }, refs: noRefs });
    const second = render(EventForm, { event: { ...event, rev: 5 }, onclose, onsaved });
    expect(screen.getByLabelText(/Подробности/)).toHaveProperty('value', 'недописано');
    await save('Сохранить');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    const headers = rest.mock.calls.at(-1)?.[1]?.headers as Record<string, string>;
    expect(headers['If-Match']).toBe('4');
    second.unmount();
  });

  it('keeps what was typed for the next time', async () => {
    const first = await openNew();
    await user.type(screen.getByLabelText(/Что произошло/), 'Недописанное');
    first.unmount();
    const second = render(EventForm, { onclose, onsaved });
    expect(screen.getByLabelText(/Что произошло/)).toHaveProperty('value', 'Недописанное');
    await user.click(screen.getByText('Начать заново'));
    await waitFor(() => expect(screen.getByLabelText(/Что произошло/)).toHaveProperty('value', ''));
    second.unmount();
  });

  it('makes another event from a copy of what is typed in another open tab, and closes when that very one is sent', async () => {
    const other = new FormDrafts({ id: newId(), isOpen: () => true, ask: () => {} });
    const first = await openNew();
    await user.type(screen.getByLabelText(/Что произошло/), 'Из первой');
    first.unmount();
    const typed = formDrafts.of<KeptDraft>('event.new');
    formDrafts.keep('event.new', null);
    other.keep('event.new', typed);
    const isOpen = jest.spyOn(tabs, 'isOpen').mockReturnValue(true);
    const id = typed?.id ?? '';
    expect(id).toBeTruthy();

    const copy = render(EventForm, { onclose, onsaved });
    expect(screen.getByLabelText(/Что произошло/)).toHaveProperty('value', 'Из первой');
    answer = () => ({ event: testEvent('a', 1), refs: noRefs });
    queue.put(
      { kind: 'create', body: { ...(EventDraft.again(typed as KeptDraft).create() as Body), id } },
      id,
    );
    expect(onclose).toHaveBeenCalled();
    copy.unmount();
    await waitFor(() => expect(sent.map(({ path }) => path)).toEqual(['/events']));

    const changed = render(EventForm, { onclose, onsaved });
    await user.type(screen.getByLabelText(/Что произошло/), ' и другое');
    await save('Записать');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    const ids = sent.map(({ body }) => (body as Body).id);
    expect(ids).toHaveLength(2);
    expect(ids[1]).not.toBe(ids[0]);
    changed.unmount();
    isOpen.mockRestore();
    other.keep('event.new', null);
  });

  it('sends what was refused again as itself, also where another open tab has begun to change it', async () => {
    const id = newId();
    const body = { id, type: 'note.free' as const, title: 'Отказано' };
    const other = new FormDrafts({ id: newId(), isOpen: () => true, ask: () => {} });
    other.keep(`event.${id}`, EventDraft.of({ ...body, title: 'Исправлено' }).kept());
    const isOpen = jest.spyOn(tabs, 'isOpen').mockReturnValue(true);
    const refusal = { code: 'validation' as const, message: 'Не подошло' };
    const again = { id, deed: { kind: 'create' as const, body }, refusal };
    answer = () => ({ event: testEvent('a', 1), refs: noRefs });
    const form = render(EventForm, { again, onclose, onsaved });
    await save('Записать');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent.map((each) => each.body)).toMatchObject([{ id, title: 'Исправлено' }]);
    form.unmount();
    isOpen.mockRestore();
    other.keep(`event.${id}`, null);
  });

  it('keeps what was begun about one order while another is written about', async () => {
    const [one, two] = ['01890000-0000-7000-8000-0000000000a1', '01890000-0000-7000-8000-0000000000a2'];
    const begin = (projectId: string) => render(EventForm, { about: { projectId }, onclose, onsaved });
    const words = () => screen.getByLabelText(/Что произошло/);
    const first = begin(one);
    await user.type(words(), 'О первом');
    first.unmount();
    const second = begin(two);
    expect(words()).toHaveProperty('value', '');
    await user.type(words(), 'О втором');
    second.unmount();
    const again = begin(one);
    expect(words()).toHaveProperty('value', 'О первом');
    again.unmount();
  });

  it('sends only what was changed, guarded by the revision', async () => {
    const event = testEvent('01890000-0000-7000-8000-000000000001', 1, { title: 'Было', rev: 4 });
    answer = () => ({ event: { ...event, title: 'Стало', rev: 5 }, refs: noRefs });
    const { unmount, rerender } = render(EventForm, { event, onclose, onsaved });
    await user.clear(screen.getByLabelText(/Что произошло/));
    await user.type(screen.getByLabelText(/Что произошло/), 'Стало');
    // Somebody else has saved meanwhile, and the feed has told: the guard is still what was seen.
    await rerender({ event: { ...event, body: 'чужое', rev: 5 } });
    await save('Сохранить');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    const written = sent.filter(({ method }) => method !== 'GET');
    expect(written).toEqual([{ method: 'PATCH', path: `/events/${event.id}`, body: { title: 'Стало' } }]);
    const headers = rest.mock.calls.at(-1)?.[1]?.headers as Record<string, string>;
    expect(headers['If-Match']).toBe('4');
    unmount();
  });

  it('shows with another order whose it is, and the former customer no more', async () => {
    const idOf = (no: number) => `01890000-0000-7000-8000-0000000001${no}`;
    const [one, other, ivanov, petrova, dealer] = [11, 12, 13, 14, 15].map(idOf) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const order = (id: string, number: string, counterpartyId: string) => ({
      id,
      number,
      objectAddress: '',
      counterpartyId,
    });
    const card = (id: string, name: string) => ({ id, number: name, name, kind: 'person' as const });
    const [first, second] = [order(one, '318', ivanov), order(other, '319', petrova)];
    const counterparties = [card(ivanov, 'Иванов'), card(petrova, 'Петрова'), card(dealer, 'Окна-Дом')];
    refs.add({ projects: [first, second], counterparties, users: [] });
    const event = testEvent('01890000-0000-7000-8000-000000000007', 1, {
      projectId: one,
      counterpartyIds: [dealer, ivanov],
    });
    answer = (_, path) => {
      if (path.startsWith('/projects?')) return { items: [first, second], next: null, refs: noRefs };
      return path.startsWith('/events?') ? { items: [], next: null, refs: noRefs } : { event, refs: noRefs };
    };
    const { unmount } = render(EventForm, { event, onclose, onsaved });
    const chips = () => [...document.querySelectorAll('.chip')].map((chip) => chip.textContent?.trim());
    const chooseOrder = async (number: string) => {
      const box = screen.getByRole('combobox', { name: 'Заказ' });
      await user.clear(box);
      await user.type(box, number);
      await user.click(await screen.findByRole('option', { name: new RegExp(`№ ${number}`) }));
    };
    expect(chips()).toEqual(['Окна-Дом', 'Иванов по заказу']);
    await chooseOrder('319');
    expect(chips()).toEqual(['Окна-Дом', 'Петрова по заказу']);
    await chooseOrder('318');
    expect(chips()).toEqual(['Окна-Дом', 'Иванов по заказу']);
    await chooseOrder('319');
    await save('Сохранить');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent.filter(({ method }) => method === 'PATCH').at(-1)?.body).toEqual({
      projectId: other,
      counterpartyIds: [dealer],
    });
    unmount();
  });

  it('shows both sides of a conflict and sends what was chosen', async () => {
    const event = testEvent('01890000-0000-7000-8000-000000000002', 1, { title: 'Было', rev: 4 });
    const theirs = { ...event, title: 'Чужое', importance: 'high', rev: 5 };
    const revision = {
      rev: 5,
      at: theirs.recordedAt,
      by: 'anna',
      changes: { title: { from: 'Было', to: 'Чужое' } },
    };
    answer = (_, path) =>
      path.endsWith('/revisions')
        ? { items: [revision], refs: { ...noRefs, users: [{ id: 'anna', name: 'Анна Ковалёва' }] } }
        : [409, { error: { code: 'conflict', message: 'Изменили', current: theirs } }];
    const { unmount } = render(EventForm, { event, onclose, onsaved });
    await user.clear(screen.getByLabelText(/Что произошло/));
    await user.type(screen.getByLabelText(/Что произошло/), 'Моё');
    await user.type(screen.getByLabelText(/Подробности/), 'ещё строка');
    await save('Сохранить');
    expect(await screen.findByText('Чужое')).toBeTruthy();
    expect(screen.getByText('Моё')).toBeTruthy();
    expect((await screen.findAllByText(/Анна/)).length).toBeGreaterThan(0);
    answer = () => ({ event: { ...theirs, body: 'ещё строка', rev: 6 }, refs: noRefs });
    await user.click(screen.getByText('Чужое'));
    await user.click(screen.getByRole('button', { name: /^Сохранить/ }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent.at(-1)?.body).toEqual({ body: 'ещё строка' });
    const headers = rest.mock.calls.at(-1)?.[1]?.headers as Record<string, string>;
    expect(headers['If-Match']).toBe('5');
    unmount();
  });

  it('joins its edit with what somebody else has changed elsewhere, or claimed, and asks nothing', async () => {
    const event = testEvent('01890000-0000-7000-8000-000000000003', 1, { title: 'Было', rev: 4 });
    const theirs = { ...event, importance: 'high', rev: 5 };
    let refusals = 0;
    answer = () =>
      refusals++ === 0
        ? [409, { error: { code: 'conflict', message: 'Изменили', current: theirs } }]
        : { event: { ...theirs, title: 'Моё', rev: 6 }, refs: noRefs };
    const { unmount } = render(EventForm, { event, onclose, onsaved });
    await user.clear(screen.getByLabelText(/Что произошло/));
    await user.type(screen.getByLabelText(/Что произошло/), 'Моё');
    await save('Сохранить');
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent.at(-1)?.body).toEqual({ title: 'Моё' });
    const headers = rest.mock.calls.at(-1)?.[1]?.headers as Record<string, string>;
    expect(headers['If-Match']).toBe('5');
    unmount();
  });

  it('asks in a second conflict of what its author has typed alone', async () => {
    const event = testEvent('01890000-0000-7000-8000-000000000004', 1, {
      type: 'payment.prepaid',
      title: 'Предоплата',
      payload: { amountKop: 10_000, percentOfContract: 10 },
      rev: 4,
    });
    const left = [
      { ...event, payload: { amountKop: 10_000, percentOfContract: 20 }, rev: 5 },
      { ...event, payload: { amountKop: 30_000, percentOfContract: 50 }, rev: 6 },
    ];
    answer = (_, path) => {
      if (path.endsWith('/revisions')) return { items: [], refs: noRefs };
      const current = left.shift();
      if (current) return [409, { error: { code: 'conflict', message: 'Изменили', current } }];
      return { event: { ...event, rev: 7 }, refs: noRefs };
    };
    const { unmount } = render(EventForm, { event, onclose, onsaved });
    await user.clear(screen.getByLabelText(/Сумма/));
    await user.type(screen.getByLabelText(/Сумма/), '200');
    await save('Сохранить');
    expect(await screen.findByRole('group', { name: /Сумма/ })).toBeTruthy();
    expect(screen.getAllByRole('group')).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: /^Сохранить/ }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(sent.at(-1)?.body).toEqual({ payload: { amountKop: 20_000, percentOfContract: 50 } });
    unmount();
  });
});

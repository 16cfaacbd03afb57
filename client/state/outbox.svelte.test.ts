import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { testEvent } from '../testing/events.ts';
import { playSocket, settled } from '../testing/fake-socket.ts';
import { playRest, testSession } from '../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { session } = await import('./session.svelte.ts');
const { queue } = await import('./queue.svelte.ts');
const { writeOwn } = await import('./own-storage.ts');
const { outbox } = await import('./outbox.svelte.ts');
const { refs } = await import('./refs.svelte.ts');
const { toasts } = await import('./toasts.svelte.ts');

const noRefs = { projects: [], counterparties: [], users: [] };

describe('outbox', () => {
  const sent: string[] = [];
  const bodies: unknown[] = [];
  const guards: (string | undefined)[] = [];
  let answer: (path: string) => object | [number, object] | Error = () => ({});
  let rest: ReturnType<typeof playRest>;
  let serial = 0;
  /** Another event each time: what was done to one stays with it. */
  const event = () => testEvent(`e${++serial}`, 1, { title: 'Дело' });
  const after = (path: string, version: number) => ({
    event: testEvent(path.split('/')[2] ?? '', 1, {
      version,
      status: path.endsWith('resolve') ? 'resolved' : 'open',
    }),
    refs: noRefs,
  });
  const sentAll = async (count: number) => {
    for (let i = 0; i < 50 && sent.length < count; i++) await settled();
    await settled();
  };

  beforeEach(async () => {
    sent.length = 0;
    answer = (path) => after(path, 2);
    rest = playRest((method, path, body, headers) => {
      if (path === '/session') return testSession();
      sent.push(`${method} ${path}`);
      bodies.push(body);
      guards.push(headers['If-Match']);
      const given = answer(path);
      if (given instanceof Error) throw given;
      return given;
    });
    await session.signIn('anna', 'plain-lantern-42');
    live.connect();
    await socket.open();
  });

  afterEach(async () => {
    rest.mockRestore();
    await socket.drop();
    live.disconnect();
    for (const toast of toasts.items) toasts.close(toast.id);
  });

  const undo = () => {
    const toast = toasts.items.at(-1);
    const action = toast?.actions?.[0];
    if (!toast || !action) throw new Error('there is nothing to undo');
    toasts.act(toast, action);
  };

  it('shows at once what it sends', async () => {
    const task = event();
    outbox.act('resolve', task);
    expect(outbox.view(task).status).toBe('resolved');
    expect(sent).toEqual([]);
    await sentAll(1);
    expect(sent).toEqual([`POST /events/${task.id}/resolve`]);
    expect(outbox.view(task).status).toBe('resolved');
  });

  it('makes a fact something to do, and takes it back to where it was', async () => {
    const fact = { ...event(), status: 'recorded' as const };
    outbox.act('open', fact);
    expect(outbox.view(fact).status).toBe('open');
    await sentAll(1);
    undo();
    expect(outbox.view(fact).status).toBe('recorded');
    outbox.act('resolve', fact);
    undo();
    expect(outbox.view(fact)).toMatchObject({ status: 'recorded', resolved: null });
  });

  it('gives way to what the feed brings of a later version', async () => {
    const task = event();
    outbox.act('resolve', task);
    await sentAll(1);
    expect(outbox.view({ ...task, version: 3, status: 'open' }).status).toBe('open');
  });

  it('undoes what was sent by its opposite', async () => {
    const task = event();
    outbox.act('remove', task);
    expect(outbox.isGone(task)).toBe(true);
    await sentAll(1);
    undo();
    expect(outbox.isGone(task)).toBe(false);
    await sentAll(2);
    expect(sent).toEqual([`DELETE /events/${task.id}`, `POST /events/${task.id}/restore`]);
  });

  it('gives back what was put off, or held, before it was taken or put off', async () => {
    const at = '2030-01-01T09:00:00.000Z';
    const by = session.user?.id ?? '';
    const off = { ...event(), status: 'snoozed' as const, snooze: { by, at, until: at, type: null } };
    const held = { ...event(), claim: { by, at, until: at, from: null, reason: null } };
    outbox.do({ kind: 'claim', event: off, ask: {} });
    await sentAll(1);
    undo();
    outbox.do({ kind: 'snooze', event: held, ask: { until: at } });
    await sentAll(3);
    undo();
    await sentAll(4);
    expect(sent).toEqual([
      `POST /events/${off.id}/claim`,
      `POST /events/${off.id}/snooze`,
      `POST /events/${held.id}/snooze`,
      `POST /events/${held.id}/claim`,
    ]);
  });

  it('takes again what it let go of by resolving it', async () => {
    const at = '2030-01-01T09:00:00.000Z';
    const by = session.user?.id ?? '';
    const mine = { ...event(), claim: { by, at, until: at, from: null, reason: null } };
    outbox.act('resolve', mine);
    await sentAll(1);
    undo();
    expect(outbox.view(mine)).toMatchObject({ status: 'open', claim: { by } });
    await sentAll(3);
    expect(sent.slice(1)).toEqual([`POST /events/${mine.id}/reopen`, `POST /events/${mine.id}/claim`]);
  });

  it('gives back to another what it was resolved away from, whatever has come of it since', async () => {
    const at = '2030-01-01T09:00:00.000Z';
    const by = '01890000-0000-7000-8000-00000000000b';
    const theirs = { ...event(), claim: { by, at, until: at, from: null, reason: null } };
    refs.add({ ...noRefs, users: [{ id: by, name: 'Максим Орлов', disabled: false }] });
    outbox.act('resolve', theirs);
    expect(toasts.items.at(-1)?.text).toBe('Этим занимается Максим Орлов и узнает об этом');
    await sentAll(1);
    undo();
    expect(outbox.view(theirs)).toMatchObject({ status: 'open', claim: { by } });
    await sentAll(3);
    expect(sent.slice(1)).toEqual([`POST /events/${theirs.id}/reopen`, `POST /events/${theirs.id}/claim`]);
    expect(bodies.at(-1)).toEqual({ to: by });
  });

  it('gives back what was held, or put off, before it was no longer open', async () => {
    const at = '2030-01-01T09:00:00.000Z';
    const by = session.user?.id ?? '';
    const mine = () => ({ ...event(), claim: { by, at, until: at, from: null, reason: null } });
    const snooze = { by, at, until: at, type: null };
    const [fact, gone] = [mine(), mine()];
    const [off, over] = [at, '2020-01-01T09:00:00.000Z'].map((until) => ({
      ...event(),
      status: 'snoozed' as const,
      snooze: { ...snooze, until },
    }));
    if (!off || !over) throw new Error('unreachable');
    outbox.act('record', fact);
    outbox.act('remove', gone);
    outbox.act('resolve', off);
    outbox.act('resolve', over);
    await sentAll(4);
    sent.length = 0;
    for (let n = 0; n < 4; n++) outbox.undoLast();
    expect(outbox.view(fact)).toMatchObject({ status: 'open', claim: { by } });
    expect(outbox.view(off)).toMatchObject({ status: 'snoozed', snooze: { until: at } });
    await sentAll(7);
    expect(sent).toEqual([
      `POST /events/${over.id}/reopen`,
      `POST /events/${off.id}/reopen`,
      `POST /events/${off.id}/snooze`,
      `POST /events/${gone.id}/restore`,
      `POST /events/${gone.id}/claim`,
      `POST /events/${fact.id}/open`,
      `POST /events/${fact.id}/claim`,
    ]);
  });

  it('counts the comments that wait to be sent with those that are there', async () => {
    answer = () => new TypeError('fetch failed');
    await socket.drop();
    const task = { ...event(), counters: { comments: 2 } };
    const { id } = queue.put({
      kind: 'comment',
      eventId: task.id,
      title: '',
      body: 'Слово',
      mentionIds: [],
    });
    expect(outbox.view(task).counters.comments).toBe(3);
    queue.drop(id);
    expect(outbox.view(task).counters.comments).toBe(2);
  });

  it('says of what was written long before it could be sent how long ago that was', async () => {
    const MINUTE = 60_000;
    const create = (writtenAt?: number) =>
      queue.put({
        kind: 'create',
        body: { id: newId(), type: 'note.free', title: 'Замер' },
        ...(writtenAt !== undefined && { writtenAt }),
      });
    create(Date.now() - 40 * MINUTE);
    create();
    // The clock of the device was set right meanwhile.
    create(0);
    create(Date.now() + 40 * MINUTE);
    await sentAll(4);
    const [waited, ...others] = sent.map((line) =>
      line.replace(/ago=(\d+)$/, (_, ago) => `ago=${Math.floor(Number(ago) / MINUTE)}`),
    );
    expect(waited).toBe('POST /events?ago=40');
    expect(others).toEqual(['POST /events', 'POST /events', 'POST /events']);
  });

  it('shows again what somebody else has brought back', async () => {
    const task = event();
    outbox.act('remove', task);
    await sentAll(1);
    expect(outbox.isGone(task)).toBe(true);
    expect(outbox.isGone({ ...task, version: 3 })).toBe(false);
  });

  it('forgets what is undone before it was sent', async () => {
    const task = event();
    outbox.act('resolve', task);
    undo();
    expect(outbox.view(task).status).toBe('open');
    await settled();
    await settled();
    expect(sent).toEqual([]);
  });

  it('names order and customer, and says several at once in one', () => {
    refs.add({
      projects: [{ id: 'p', number: '372', objectAddress: '', counterpartyId: 'c' }],
      counterparties: [{ id: 'c', number: 'C-0053', name: 'Лесная поляна', kind: 'org' }],
      users: [],
    });
    const [first, second] = [event(), event()].map((each, i) => ({ ...each, projectId: i ? 'p' : null }));
    outbox.act('resolve', second as SvodkaEvent);
    expect(toasts.items.map(({ title, text }) => ({ title, text }))).toEqual([
      { title: `Решено: ${second?.title}`, text: '№\u00a0372 · Лесная поляна' },
    ]);
    outbox.act('resolve', first as SvodkaEvent);
    expect(toasts.items).toHaveLength(1);
    expect(toasts.items[0]?.title).toBe('Решено: 2');
    // The deed stands in the title, once.
    expect(toasts.items[0]?.text).toBe(`${first?.title}\n№\u00a0372 · Лесная поляна · ${second?.title}`);
  });

  it('undoes what was done last, one by one, and tells what comes back', () => {
    const [first, second] = [event(), event()];
    const back: string[] = [];
    const off = outbox.onReturn((id) => back.push(id));
    outbox.act('resolve', first);
    outbox.act('remove', second);
    expect(outbox.undoLast()).toBe(true);
    expect(outbox.isGone(second)).toBe(false);
    expect(toasts.items.map(({ title }) => title)).toEqual([
      `Решено: ${first.title}`,
      `Отменено «Удалено»: ${second.title}`,
    ]);
    expect(outbox.undoLast()).toBe(true);
    expect(outbox.view(first).status).toBe('open');
    expect(back).toEqual([second.id, first.id]);
    off();
  });

  it('deletes what was written just now, unless somebody has touched it', async () => {
    const { id: me = '' } = session.user ?? {};
    const author = { userId: me, name: '' };
    const created = (id: string, more: Partial<SvodkaEvent> = {}) =>
      testEvent(id, 1, { title: 'Заметка', author, rev: 1, ...more });
    const write = async (more: Partial<SvodkaEvent> = {}) => {
      const id = newId();
      answer = (path) => (path === '/events' ? { event: created(id, more), refs: noRefs } : after(path, 2));
      sent.length = 0;
      queue.put({ kind: 'create', body: { id, type: 'note.free', title: 'Заметка' } });
      await sentAll(1);
      return created(id, more);
    };
    const note = await write();
    expect(outbox.undoLast()).toBe(true);
    expect(outbox.isGone(note)).toBe(true);
    expect(toasts.items.at(-1)?.title).toBe('Отменено «Записано»: Заметка');
    await sentAll(2);
    expect([sent.at(-1), guards.at(-1)]).toEqual([`DELETE /events/${note.id}`, '1']);

    const touched = await write();
    const refusal = { code: 'conflict', message: 'Кто-то успел раньше' };
    answer = () => [409, { error: refusal }];
    outbox.undoLast();
    await sentAll(2);
    expect(outbox.isGone(touched)).toBe(false);
    expect(toasts.items.at(-1)).toMatchObject({ title: 'Не получилось: Заметка', tone: 'critical' });

    // What its author may not delete is none of what can be undone.
    for (const toast of toasts.items) toasts.close(toast.id);
    const kept = await write({ type: 'order.discussed' });
    outbox.undoLast();
    expect(outbox.isGone(kept)).toBe(false);
    expect(toasts.items.map(({ title }) => title).join()).not.toContain('Записано');
  });

  describe('what was written, and is answered later', () => {
    const note = (id: string) =>
      testEvent(id, 1, {
        title: 'Заметка',
        author: { userId: session.user?.id ?? '', name: '' },
        rev: 1,
      });
    const created = () => {
      const id = newId();
      answer = (path) =>
        path.startsWith('/events?') || path === '/events'
          ? { event: note(id), refs: noRefs }
          : after(path, 2);
      return { kind: 'create' as const, body: { id, type: 'note.free' as const, title: 'Заметка' } };
    };
    // Nothing of what other tests have done can be undone.
    beforeEach(async () => {
      for (let n = 0; n < 60 && outbox.undoLast(); n++);
      for (let n = 0; n < 50 && queue.entries.some(({ refusal }) => !refusal); n++) await settled();
      sent.length = 0;
    });

    it('is undone after what was done since', async () => {
      const [write, task] = [created(), event()];
      queue.put(write);
      outbox.act('resolve', task);
      await sentAll(2);
      outbox.undoLast();
      expect(outbox.view(task).status).toBe('open');
      expect(outbox.isGone(note(write.body.id))).toBe(false);
      outbox.undoLast();
      expect(outbox.isGone(note(write.body.id))).toBe(true);
      await sentAll(4);
    });

    it('is undone by the key only soon after it was written', async () => {
      const task = event();
      const write = { ...created(), writtenAt: Date.now() - 3 * 3_600_000 };
      queue.put(write);
      await sentAll(1);
      expect(outbox.undoLast()).toBe(false);
      outbox.act('resolve', task);
      outbox.undoLast();
      await settled();
      expect(outbox.isGone(note(write.body.id))).toBe(false);
    });

    it('is undone where it was written, whichever tab has sent it', async () => {
      const [write, edited] = [created(), event()];
      const me = session.user?.id ?? '';
      const [first, second] = [newId(), newId()];
      writeOwn(me, `out.${first}`, { id: first, deed: write });
      writeOwn(me, `out.${second}`, {
        id: second,
        deed: { kind: 'edit', event: edited, edit: { title: 'Иначе' } },
      });
      // Another tab has put them there.
      dispatchEvent(new StorageEvent('storage', { key: `svodka.own.${me}.out.${second}` }));
      queue.put({ kind: 'comment', eventId: edited.id, title: '', body: 'Слово', mentionIds: [] });
      await sentAll(3);
      expect(sent).toHaveLength(3);
      expect(outbox.undoLast()).toBe(false);
    });
  });

  it('takes back what the server refuses, and says so', async () => {
    answer = () => [403, { error: { code: 'forbidden', message: 'На это у вас нет прав' } }];
    const task = event();
    outbox.act('remove', task);
    await sentAll(1);
    expect(outbox.isGone(task)).toBe(false);
    expect(toasts.items.at(-1)).toMatchObject({ tone: 'critical', text: 'На это у вас нет прав' });
  });

  it('keeps what cannot be sent until the connection is back', async () => {
    answer = () => new TypeError('fetch failed');
    await socket.drop();
    const task = event();
    outbox.act('resolve', task);
    await sentAll(1);
    expect(queue.waiting).toBe(1);
    expect(outbox.view(task).status).toBe('resolved');
    sent.length = 0;
    answer = (path) => after(path, 2);
    await socket.open();
    await sentAll(1);
    expect(sent).toEqual([`POST /events/${task.id}/resolve`]);
    expect(queue.waiting).toBe(0);
  });
});

import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { moduleOf } from '@svodka/shared/contracts/modules';
import { compareRows, formatRowKey, parseRowKey } from '@svodka/shared/feed/order';
import type { Filter } from '@svodka/shared/filter/ast';
import fc from 'fast-check';
import { noRefs, testEvent, testFrame, testSnapshot } from '../testing/events.ts';
import { playSocket } from '../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../testing/sign-in.ts';
import type { Write } from './deeds.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { session } = await import('./session.svelte.ts');
const { queue } = await import('./queue.svelte.ts');
const { outbox } = await import('./outbox.svelte.ts');
const { toasts } = await import('./toasts.svelte.ts');
const { laneChoice } = await import('./lane-choice.svelte.ts');
const { DeskRows, LANE_MOST } = await import('./desk-rows.svelte.ts');
const { compareUrgency } = await import('@svodka/shared/feed/order');
const { isUrgent } = await import('./urgent.ts');

/** Lets promises, animation frames and whatever else is due in this time pass. */
const pass = (ms = 60) => jest.advanceTimersByTimeAsync(ms);

const FILTER: Filter = { field: 'module', in: ['finance'] };
const PAGE = 4;

/** A server that answers the two queries, tells its rooms of every write, and gives small pages. */
class Server {
  readonly events = new Map<string, SvodkaEvent>();
  #position = 0;
  #answered = new Set<unknown>();
  /** The floors of the two rooms, as they were given with the last page. */
  floors: Record<'list' | 'lane', string | null> = { list: null, lane: null };

  query(room: 'list' | 'lane'): SvodkaEvent[] {
    return [...this.events.values()].filter((event) => this.#matches(room, event)).sort(compareRows);
  }

  /** What the list was told of: everything down to its floor. */
  loaded(): SvodkaEvent[] {
    const floor = this.floors.list === null ? null : parseRowKey(this.floors.list);
    return this.query('list').filter((event) => !floor || compareRows(event, floor) <= 0);
  }

  page(room: 'list' | 'lane', after: string | null) {
    const key = after === null ? null : parseRowKey(after);
    const all = this.query(room).filter((event) => !key || compareRows(event, key) > 0);
    const items = all.slice(0, PAGE);
    const last = items.at(-1);
    const next = all.length > PAGE && last ? formatRowKey(last) : null;
    this.floors[room] = next;
    return { items, next, refs: noRefs };
  }

  async answer(): Promise<void> {
    for (const asked of socket.asked) {
      if (asked.event !== 'feed.subscribe' || this.#answered.has(asked)) continue;
      this.#answered.add(asked);
      const room = JSON.stringify(asked.body.filter).includes('critical') ? 'lane' : 'list';
      const { items, next } = this.page(room, null);
      void asked.answer({
        ...testSnapshot(room, this.#at(), items, next),
        count: { n: this.query(room).length, exact: true },
      });
    }
    await pass();
  }

  write(event: SvodkaEvent): SvodkaEvent {
    const before = this.events.get(event.id);
    const written = { ...event, version: (before?.version ?? 0) + 1 };
    this.events.set(event.id, written);
    const prev = this.#at();
    this.#position++;
    for (const room of ['lane', 'list'] as const) {
      const op = this.#matches(room, written)
        ? ({ op: 'upsert', event: written } as const)
        : before && this.#matches(room, before)
          ? ({ op: 'leave', id: written.id, version: written.version } as const)
          : null;
      void socket.tell('feed.changed', testFrame(room, prev, this.#at(), ...(op ? [op] : [])));
      const count = { n: this.query(room).length, exact: true };
      void socket.tell('count.changed', { room, count });
    }
    return written;
  }

  #matches(room: 'list' | 'lane', event: SvodkaEvent): boolean {
    return event.module === 'finance' && event.deletedAt === null && (room === 'list' || isUrgent(event));
  }

  #at(): string {
    return String(this.#position).padStart(8, '0');
  }
}

describe('DeskRows', () => {
  let server: Server;
  let rows: InstanceType<typeof DeskRows>;
  let rest: ReturnType<typeof playRest>;

  const critical = (id: string, minute: number, more: Partial<SvodkaEvent> = {}) =>
    testEvent(id, minute, { module: 'finance', importance: 'critical', ...more });
  const plain = (id: string, minute: number, more: Partial<SvodkaEvent> = {}) =>
    testEvent(id, minute, { module: 'finance', ...more });
  const drawn = (place: readonly { event: SvodkaEvent; ghost: boolean }[]) =>
    place.map(({ event, ghost }) => event.id + (ghost ? '†' : '')).join(' ');
  const hand = (pointer: string | null, more = {}) =>
    rows.hold({ pointer, inside: pointer !== null, focus: false, atTop: true, ...more });
  const away = () => hand(null);

  async function open(...events: SvodkaEvent[]): Promise<void> {
    server = new Server();
    for (const event of events) server.events.set(event.id, { ...event, version: 1 });
    rows = new DeskRows(FILTER);
    await pass();
    await server.answer();
    await pass(200);
  }

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 2, 14, 9) });
    localStorage.clear();
    rest = playRest((method, path, body) => {
      if (path === '/session') return testSession();
      const [, , id = '', verb] = path.split(/[/?]/);
      if (method === 'GET' && path.startsWith('/events?')) {
        const query = new URLSearchParams(path.split('?')[1]);
        const room = query.get('filter')?.includes('critical') ? 'lane' : 'list';
        return server.page(room, query.get('after'));
      }
      if (method === 'POST' && path === '/events') {
        const { id: of, type } = body as Write['body'];
        const author = { userId: ANNA, name: '' };
        return { event: testEvent(of, 30, { module: moduleOf(type), author }), refs: noRefs };
      }
      const event = server.events.get(id);
      if (!event) return {};
      const at = new Date().toISOString();
      const change: Partial<SvodkaEvent> =
        method === 'DELETE'
          ? { deletedAt: at }
          : verb === 'restore'
            ? { deletedAt: null }
            : { status: verb === 'resolve' ? 'resolved' : 'open' };
      return { event: server.write({ ...event, ...change }), refs: noRefs };
    });
    await session.signIn('anna', 'plain-lantern-42');
    laneChoice.choose({ folded: false });
    live.connect();
    void socket.open();
    await pass();
  });

  afterEach(async () => {
    rows.close();
    DeskRows.forget();
    while (outbox.undoLast());
    await pass(500);
    for (const { id } of toasts.items) toasts.close(id);
    void socket.drop();
    live.disconnect();
    await pass();
    socket.asked = [];
    rest.mockRestore();
    jest.useRealTimers();
  });

  it('shows the most urgent above and everything else below, each once', async () => {
    await open(...Array.from({ length: 7 }, (_, i) => critical(`c${i}`, i)), plain('a', 50), plain('b', 1));
    while (rows.list.hasMore) await rows.list.loadMore();
    expect(drawn(rows.laneRows)).toBe('c6 c5 c4 c3 c2');
    expect(drawn(rows.listRows)).toBe('a c1 b c0');
    expect([rows.urgent, rows.laneMore]).toEqual([7, 2]);
  });

  it('puts what is overdue first, then what is due the soonest, then the newest', async () => {
    const due = (at: string, dueState: SvodkaEvent['dueState']) => ({ dueAt: at, dueState });
    await open(
      critical('new', 50),
      critical('old', 1),
      critical('soon', 2, due('2026-03-14T12:00:00.000Z', 'approaching')),
      critical('later', 60, due('2026-03-20T12:00:00.000Z', 'none')),
      critical('late', 3, due('2026-03-14T08:00:00.000Z', 'overdue')),
    );
    expect(drawn(rows.laneRows)).toBe('late soon later new old');
  });

  it('shows all the others by «ещё», takes the word away, and has none of them below', async () => {
    await open(...Array.from({ length: 9 }, (_, i) => critical(`c${i}`, i)), plain('a', 50));
    rows.showWhole(true);
    expect(drawn(rows.laneRows)).toBe('c8 c7 c6 c5 c4 c3 c2 c1 c0');
    expect(rows.laneMore).toBe(0);
    expect(drawn(rows.listRows)).toBe('a');
    rows.showWhole(false);
    expect(rows.laneRows).toHaveLength(LANE_MOST);
  });

  it('folds, which puts its rows into the list, and remembers it for each person', async () => {
    await open(critical('c', 5), plain('a', 50));
    rows.fold(true);
    expect([drawn(rows.laneRows), drawn(rows.listRows), rows.urgent]).toEqual(['', 'a c', 1]);
    rows.close();
    await open(critical('c', 5), plain('a', 50));
    expect(rows.laneMode).toBe('folded');
    rows.fold(false);
    expect([drawn(rows.laneRows), drawn(rows.listRows)]).toEqual(['c', 'a']);
  });

  it('counts what it shows of the last time until the server answers', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    rows.close();
    rows = new DeskRows(FILTER);
    expect([drawn(rows.laneRows), drawn(rows.listRows), rows.urgent]).toEqual(['c b', 'a', 2]);
  });

  it('folds also where the browser keeps nothing', async () => {
    const refuse = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    await open(critical('c', 5));
    rows.fold(true);
    expect(rows.laneMode).toBe('folded');
    rows.fold(false);
    refuse.mockRestore();
  });

  it('takes in what becomes urgent wherever the pointer rests, and moves nothing under it', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    hand('a');
    server.write(critical('x', 9));
    await pass();
    expect(drawn(rows.laneRows)).toBe('x c b');
    hand('c');
    server.write(critical('y', 10));
    await pass();
    expect(drawn(rows.laneRows)).toBe('x c b y');
    away();
    expect(drawn(rows.laneRows)).toBe('y x c b');
    expect([...rows.news].sort()).toEqual(['x', 'y']);
  });

  it('shows news beside five that are more urgent, until they are looked at', async () => {
    const due = { dueAt: '2026-03-14T08:00:00.000Z', dueState: 'overdue' as const };
    await open(...Array.from({ length: 6 }, (_, i) => critical(`o${i}`, i, due)));
    const heard: string[] = [];
    rows.onNews((events) => heard.push(...events.map((event) => event.id)));
    server.write(critical('x', 9));
    await pass();
    expect(drawn(rows.laneRows)).toBe('o5 o4 o3 o2 o1 x');
    expect(heard).toEqual(['x']);
    expect(rows.showNews()).toBe('x');
    expect(rows.news.size).toBe(0);
    expect(rows.ring).toBe('x');
  });

  it('is no news what this person has written or brought back', async () => {
    await open(plain('a', 3));
    rows.welcome('mine');
    server.write(critical('mine', 9));
    server.write(critical('also', 9, { author: { userId: session.user?.id ?? '', name: '' } }));
    await pass();
    expect(drawn(rows.laneRows)).toBe('mine also');
    expect(rows.news.size).toBe(0);
  });

  it('keeps no ghosts in the lane while the pointer rests in the list', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    hand('a');
    server.write(critical('c', 5, { module: 'calls' }));
    await pass();
    expect(drawn(rows.laneRows)).toBe('c† b');
    await pass(800);
    expect(drawn(rows.laneRows)).toBe('b');
  });

  it('goes on with the ring when its row leaves, and says that a key may have been meant for that one', async () => {
    await open(plain('c', 5), plain('b', 4), plain('a', 3));
    rows.setRing('b');
    expect(rows.ringHasJustMoved()).toBe(false);
    server.write(plain('b', 4, { module: 'calls' }));
    await pass();
    expect([rows.ring, rows.ringHasJustMoved()]).toEqual(['a', true]);
    expect(drawn(rows.listRows)).toBe('c b† a');
    await pass(800);
    expect(rows.ringHasJustMoved()).toBe(false);
    server.write(plain('a', 3, { module: 'calls' }));
    await pass();
    expect(rows.ring).toBe('c');
  });

  it('leaves the ring in the lane when its row goes down into the list', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    rows.setRing('c');
    server.write(critical('c', 5, { status: 'resolved' }));
    await pass();
    expect([rows.ring, drawn(rows.listRows)]).toEqual(['b', 'c a']);
  });

  it('stays in the lane with the ring also when the last row of it goes', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    rows.setRing('b');
    expect(rows.following('b')).toBe('c');
    server.write(critical('b', 4, { status: 'resolved' }));
    await pass();
    expect(rows.ring).toBe('c');
  });

  it('shows what an undo has brought back in the lane, and does not look for it in the list before', async () => {
    await open(critical('c', 5), plain('b', 4), plain('a', 3));
    outbox.act('resolve', critical('c', 5));
    await pass(2000);
    expect([drawn(rows.laneRows), drawn(rows.listRows)]).toEqual(['', 'c b a']);
    const shown: string[] = [];
    rows.onReturned((id) => shown.push(`${id} above ${drawn(rows.listRows)}`));
    outbox.undoLast();
    await pass(2000);
    expect([drawn(rows.laneRows), rows.ring, shown]).toEqual(['c', 'c', ['c above b a']]);
  });

  it('brings back by undo at once what somebody reads around, with the ring on it', async () => {
    await open(plain('c', 5), plain('b', 4), plain('a', 3));
    outbox.act('remove', plain('b', 4));
    await pass(2000);
    expect(drawn(rows.listRows)).toBe('c a');
    hand('a', { atTop: false });
    const back: string[] = [];
    rows.onReturned((id) => back.push(id));
    server.write(plain('n', 9));
    outbox.undoLast();
    await pass(2000);
    expect(drawn(rows.listRows)).toBe('c b a');
    expect([rows.ring, back, rows.waiting]).toEqual(['b', ['b'], 1]);
  });

  it('follows a row that an undo has brought back when the news of what was undone comes only then', async () => {
    await open(critical('c', 5), critical('b', 4), plain('a', 3));
    const late = async () => {
      rows.setRing('c');
      outbox.act('remove', critical('c', 5));
      outbox.undoLast();
      await pass();
      expect(rows.ring).toBe('c');
      server.write(critical('c', 5, { deletedAt: '2026-03-14T09:00:00.000Z' }));
      await pass();
      expect(rows.ring).toBe('b');
    };
    await late();
    server.write(critical('c', 5));
    await pass();
    expect(rows.ring).toBe('c');
    // Whoever has gone on meanwhile is not called back.
    await late();
    rows.setRing('a');
    server.write(critical('c', 5));
    await pass();
    expect(rows.ring).toBe('a');
  });

  it('has what was written here from the first moment on, once, whether it is sent or waits', async () => {
    await open(plain('c', 5), plain('b', 4), plain('a', 3));
    hand('a', { atTop: false });
    const id = newId();
    const write = (body: object) =>
      queue.put({
        kind: 'create',
        body: { id, type: 'payment.received', title: 'Оплата', ...body },
      } as Write);
    // What it will be is worked out by a part of the page that comes when it is needed.
    await import('./unsent-events.ts');
    const entry = write({});
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect(drawn(rows.listRows)).toBe(`${id} c b a`);
    expect(rows.get(id)).toMatchObject({ version: 0, module: 'finance', status: 'recorded' });
    // Sent: the answer stands until the feed has told of it.
    await pass();
    expect(drawn(rows.listRows)).toBe(`${id} c b a`);
    server.write({ ...(rows.get(id) as SvodkaEvent), title: 'Оплата' });
    await pass();
    expect(drawn(rows.listRows)).toBe(`${id} c b a`);
    expect([rows.get(id)?.version, queue.of(id)]).toEqual([1, []]);
    expect(entry.id).not.toBe(id);
    // What does not belong here stands elsewhere.
    queue.put({ kind: 'create', body: { id: newId(), type: 'note.free', title: 'Заметка' } });
    expect(drawn(rows.listRows)).toBe(`${id} c b a`);
    // What has come and gone again is not brought back by having been written here.
    server.write({ ...(rows.get(id) as SvodkaEvent), module: 'calls' });
    away();
    await pass(1000);
    expect(drawn(rows.listRows)).toBe('c b a');
    await pass(6000);
  });

  it('lets rows wait while somebody reads, and in when asked', async () => {
    await open(plain('a', 3));
    hand('a');
    server.write(plain('n', 9));
    await pass();
    expect([drawn(rows.listRows), rows.waiting]).toEqual(['a', 1]);
    rows.release();
    expect([drawn(rows.listRows), rows.waiting]).toEqual(['n a', 0]);
  });

  it('waits for both queries before it shows anything', async () => {
    server = new Server();
    rows = new DeskRows(FILTER);
    await pass();
    const list = socket.asked.findLast(({ body }) => !JSON.stringify(body).includes('critical'));
    void list?.answer(testSnapshot('list', '1', [plain('a', 1)]));
    await pass();
    expect([rows.state, drawn(rows.listRows)]).toEqual(['loading', '']);
    await server.answer();
    expect(rows.state).toBe('ready');
  });

  describe('whatever happens', () => {
    type Written = Pick<SvodkaEvent, 'importance' | 'module' | 'status'> & {
      id: string;
      minute: number;
      due: string | null;
    };

    const id = fc.integer({ min: 0, max: 13 }).map((n) => `e${String(n).padStart(2, '0')}`);
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          what: fc.constant('write' as const),
          id,
          minute: fc.integer({ min: 0, max: 40 }),
          importance: fc.constantFrom('critical', 'critical', 'normal'),
          module: fc.constantFrom('finance', 'finance', 'finance', 'calls'),
          status: fc.constantFrom('open', 'open', 'resolved'),
          due: fc.constantFrom(null, null, '2026-03-14T07:00:00.000Z', '2026-03-15T07:00:00.000Z'),
        }),
      },
      { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('point', 'focus'), nth: fc.nat(12) }) },
      {
        weight: 6,
        arbitrary: fc.record({
          what: fc.constantFrom(
            ...(['away', 'down', 'up', 'resolve', 'remove', 'undo', 'older', 'release', 'ghosts'] as const),
            ...(['more', 'fewer', 'fold', 'unfold', 'news', 'reset'] as const),
          ),
        }),
      },
    );

    // What was done to an event stays with it beyond one run, so each has events of its own.
    let run = 0;

    it('every row is in one place, and the ring is on one of them', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
          run++;
          laneChoice.choose({ folded: false });
          await open(
            ...Array.from({ length: 9 }, (_, n) =>
              plain(`${run} e0${n}`, n, n % 2 ? { importance: 'critical' } : {}),
            ),
          );
          let ringed = false;
          try {
            for (const each of steps) {
              take(each);
              await pass(each.what === 'ghosts' ? 800 : 60);
              await server.answer();
              ringed ||= rows.ring !== null;
              check(ringed);
            }
            hand(null, { atTop: true });
            await pass(800);
            expect(rows.waiting).toBe(0);
            check(ringed);
            expect([...rows.laneRows, ...rows.listRows].some((row) => row.ghost)).toBe(false);
          } finally {
            rows.close();
            DeskRows.forget();
            while (outbox.undoLast());
            await pass(500);
            for (const { id: toast } of toasts.items) toasts.close(toast);
          }
        }),
        { numRuns: process.env.SVODKA_DEEP ? 200 : 30 },
      );
    }, 600_000);

    function take(each: { what: string } & Record<string, unknown>): void {
      const ring = rows.ringed;
      switch (each.what) {
        case 'write': {
          const { id: name, minute, due, ...fields } = each as unknown as Written;
          const dueState = due === null ? 'none' : due < '2026-03-14T09' ? 'overdue' : 'approaching';
          server.write(testEvent(`${run} ${name}`, minute, { ...fields, dueAt: due, dueState }));
          break;
        }
        case 'point':
          hand(rows.order.at((each.nth as number) % Math.max(1, rows.order.length))?.id ?? null);
          break;
        case 'focus': {
          const to = rows.order.at((each.nth as number) % Math.max(1, rows.order.length))?.id ?? null;
          rows.setRing(to);
          hand(null, { focus: to !== null });
          break;
        }
        case 'away':
          away();
          break;
        case 'down':
          rows.setRing(rows.neighbour(1));
          break;
        case 'up':
          rows.setRing(rows.neighbour(-1));
          break;
        case 'resolve':
        case 'remove': {
          if (!ring) break;
          const next = rows.following(ring.id);
          outbox.act(each.what, outbox.view(ring));
          if (next) rows.setRing(next);
          break;
        }
        case 'undo':
          void outbox.undoLast();
          break;
        case 'older':
          void rows.list.loadMore();
          break;
        case 'release':
          rows.release();
          break;
        case 'more':
          rows.showWhole(true);
          break;
        case 'fewer':
          rows.showWhole(false);
          break;
        case 'fold':
          rows.fold(true);
          break;
        case 'unfold':
          rows.fold(false);
          break;
        case 'news':
          void rows.showNews();
          break;
        case 'reset':
          void socket.tell('feed.reset', { room: 'list' });
      }
    }

    function check(ringed: boolean): void {
      const ids = (events: readonly { id: string }[]) => events.map((event) => event.id).sort();
      const lane = rows.laneRows.filter((row) => !row.ghost).map((row) => row.event);
      const shown = ids(rows.order);
      expect(shown).toEqual([...new Set(shown)]);

      const wanted = new Set([...ids(server.loaded()), ...ids(lane)]);
      expect(shown.filter((each) => !wanted.has(each))).toEqual([]);
      const missing = [...wanted].filter((each) => !shown.includes(each));
      expect(missing).toHaveLength(rows.waiting);

      const urgent = server.query('lane').sort(compareUrgency);
      expect(rows.urgent).toBe(urgent.length);
      expect(rows.laneMore + lane.length).toBe(urgent.length);
      if (rows.laneMode === 'whole') expect(ids(lane)).toEqual(ids(urgent));
      if (rows.laneMode === 'folded') expect(lane).toEqual([]);
      if (rows.laneMode === 'short') {
        const top = urgent.slice(0, LANE_MOST);
        expect(ids(lane)).toEqual(expect.arrayContaining(ids(top)));
      }
      if (ringed && shown.length > 0) expect(shown).toContain(rows.ring);
    }
  });
});

import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { until } from '../../../test/support/until.ts';
import { noRefs, testEvent, testFrame, testSnapshot } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { DueEvents } = await import('./due-events.svelte.ts');

const idOf = (n: number) => `01890000-0000-7000-8000-${String(n + 1).padStart(12, '0')}`;
const due = (n: number) =>
  testEvent(idOf(n), 500 - n, { dueAt: new Date(Date.UTC(2026, 1, 1, n)).toISOString() });

describe('what is due', () => {
  const LATE = 304;
  let held: SvodkaEvent[];
  let asked: URLSearchParams[];
  let rest: ReturnType<typeof playRest>;
  let list: InstanceType<typeof DueEvents>;

  beforeEach(async () => {
    held = Array.from({ length: LATE }, (_, i) => due(i));
    asked = [];
    rest = playRest((_, path) => {
      const query = new URLSearchParams(path.split('?')[1]);
      if (path.startsWith('/events/count')) return { n: held.length, exact: true };
      asked.push(query);
      const ids = /id:([\w,-]+)/.exec(query.get('filter') ?? '')?.[1]?.split(',');
      const rows = ids ? held.filter(({ id }) => ids.includes(id)) : held;
      const from = Number(query.get('after') ?? 0);
      const to = from + Number(query.get('limit'));
      return { items: rows.slice(from, to), next: to < rows.length ? String(to) : null, refs: noRefs };
    });
    live.connect();
    await socket.open();
    list = new DueEvents({ field: 'status', in: ['open'] });
    await until(() => socket.asked.some(({ event }) => event === 'feed.subscribe'));
    // The feed itself has the newest ones first.
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', [due(0)], '1'));
    await until(() => list.total !== null && list.rows.length > 0);
  });
  afterEach(async () => {
    list.close();
    rest.mockRestore();
    await socket.drop();
    live.disconnect();
  });

  const first = (many: number) => list.rows.slice(0, many).map(({ id }) => Number(id.slice(24)) - 1);

  it('comes by the deadline, and its whole number is known with the first of it', () => {
    expect(asked[0]?.get('order')).toBe('due');
    expect(first(3)).toEqual([0, 1, 2]);
    expect(list.rows.length).toBeLessThan(LATE);
    expect(list.total).toEqual({ n: LATE, exact: true });
  });

  it('stays as it is now, also where the feed has not loaded the row', async () => {
    held = held.filter(({ id }) => id !== idOf(1));
    await socket.tell('feed.changed', testFrame('r', '01', '02', { op: 'leave', id: idOf(1), version: 2 }));
    await until(() => first(3)[1] === 2);
    held = [due(-1), ...held];
    const event = due(-1);
    await socket.tell('feed.changed', testFrame('r', '02', '03', { op: 'upsert', event }));
    await until(() => list.rows[0]?.id === event.id);
  });

  it('is read to its end where that is asked for', async () => {
    await until(() => {
      list.readOn();
      return list.rows.length === LATE;
    });
    expect(list.isCut).toBe(false);
  });
});

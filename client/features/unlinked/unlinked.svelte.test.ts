import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { until } from '../../../test/support/until.ts';
import { noRefs, testEvent, testSnapshot } from '../../testing/events.ts';
import { playSocket, settled } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { session } = await import('../../state/session.svelte.ts');
const { toasts } = await import('../../state/toasts.svelte.ts');
const { Unlinked } = await import('./unlinked.svelte.ts');

const ID = '01890000-0000-7000-8000-000000000001';
const ORDER = { projectId: '01890000-0000-7000-8000-000000000002', number: '318', reasons: ['number'] };

const SAME = {
  eventId: '01890000-0000-7000-8000-00000000000f',
  type: 'payment.prepaid' as const,
  on: '2026-03-14',
  by: 'Ирина',
  amountKop: 5_000,
};

describe('Unlinked', () => {
  let asked = 0;
  let refused = 0;
  let rest: ReturnType<typeof playRest>;
  let queue: InstanceType<typeof Unlinked>;

  beforeEach(async () => {
    asked = 0;
    rest = playRest((_method, path) => {
      if (!path.startsWith('/proposals')) return {};
      if (++asked <= refused) return [503, { error: { code: 'unavailable', message: 'away', details: [] } }];
      return {
        items: [{ eventId: ID, orders: [ORDER], customers: [] }],
        refs: { projects: [], counterparties: [], users: [] },
      };
    });
    live.connect();
    await socket.open();
    queue = new Unlinked();
    await settled();
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', [testEvent(ID, 1)]));
  });

  afterEach(async () => {
    queue.close();
    await socket.drop();
    live.disconnect();
    rest.mockRestore();
  });

  describe('while the server refuses to propose', () => {
    beforeAll(() => {
      refused = 2;
    });

    it('asks again, though nothing in the feed changes', async () => {
      await until(() => queue.proposals(ID));
      expect(queue.proposals(ID)?.orders).toEqual([ORDER]);
      expect(asked).toBe(3);
    });
  });
});

describe('money without an order', () => {
  const idOf = (n: number) => `01890000-0000-7000-8000-00000000010${n}`;
  const order = (n: number) => ({ projectId: idOf(n), by: 'number' as const });
  const money = { type: 'payment.received', module: 'finance', payload: { amountKop: 5_000 } } as const;
  const proposals: Record<string, object> = {
    [idOf(1)]: { orders: [order(7)], sure: order(7).projectId, same: null },
    // Named several, or is another's, or there already.
    [idOf(2)]: { orders: [order(7), order(8)], sure: null, same: null },
    [idOf(3)]: { orders: [order(9)], sure: null, same: SAME },
    // A call whose caller has two orders.
    [idOf(4)]: { orders: [order(8), order(9)], sure: null, same: null },
    [idOf(5)]: { orders: [], sure: null, same: null },
  };
  /** What the orders have already. */
  let there: object[] = [];
  let linked: unknown[] = [];
  let rest: ReturnType<typeof playRest>;
  let queue: InstanceType<typeof Unlinked>;

  beforeEach(async () => {
    [there, linked] = [[], []];
    localStorage.setItem('svodka.signed-in', '1');
    rest = playRest((method, path, body) => {
      if (path === '/session') return testSession(['administrator']);
      if (method === 'PATCH') {
        const id = path.split('/')[2] ?? '';
        linked.push([id, (body as { projectId: string }).projectId]);
        return { event: testEvent(id, 1, { rev: 2 }), refs: noRefs };
      }
      if (path.startsWith('/events?')) return { items: there, next: null, refs: noRefs };
      if (!path.startsWith('/proposals')) return {};
      const items = Object.entries(proposals).map(([eventId, said]) => ({ eventId, customers: [], ...said }));
      return { items, refs: noRefs };
    });
    await session.check();
    live.connect();
    await socket.open();
    queue = new Unlinked();
    await settled();
    const rows = [1, 2, 3, 4, 5].map((n) =>
      testEvent(idOf(n), n, n === 4 ? { type: 'call.in', module: 'calls' } : money),
    );
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', rows));
    await until(() => queue.proposals(idOf(1)));
  });

  afterEach(async () => {
    queue.close();
    for (const { id } of toasts.items) toasts.close(id);
    await socket.drop();
    live.disconnect();
    rest.mockRestore();
  });

  it('is marked only where one order of the payer’s own is meant, and what is left out is counted', async () => {
    queue.markSure();
    expect([[...queue.marked], queue.left]).toEqual([[idOf(1)], 3]);
    const rowOf = (n: number) => queue.rows.find(({ id }) => id === idOf(n)) as SvodkaEvent;
    expect([2, 3, 5].map((n) => queue.toggle(rowOf(n)))).toEqual([false, false, false]);
    // What is no money goes where somebody who marks it sees that it goes.
    expect(queue.toggle(rowOf(4))).toBe(true);
    await queue.linkMarked();
    expect(linked.sort()).toEqual([
      [idOf(1), order(7).projectId],
      [idOf(4), order(8).projectId],
    ]);
  });

  it('is asked about once more where its order has as much already', async () => {
    const payment = {
      ...money,
      projectId: order(7).projectId,
      title: 'Предоплата',
      type: 'payment.prepaid',
    } as const;
    there = [testEvent(SAME.eventId, 1, payment)];
    queue.markSure();
    await queue.linkMarked();
    expect(linked).toEqual([]);
    expect(queue.rows.map(({ id }) => id)).toContain(idOf(1));
    const [toast] = toasts.items;
    expect(toast?.text).toMatch(/Предоплата.*Импорт/);
    expect(toast?.actions?.map(({ label }) => label)).toEqual([
      'Это он же, удалить',
      'Это другой, привязать',
    ]);
    toast?.actions?.[1]?.run();
    await until(() => linked.length === 1);
    expect(linked).toEqual([[idOf(1), order(7).projectId]]);
  });
});

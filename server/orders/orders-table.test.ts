// The table of orders: every sort and group reads along an index, pages in any order hold every order once, and what
// is filtered is what a naive look at all orders gives. The seed is printed; TABLE_SEED repeats.
import type { Project } from '@svodka/shared/contracts/directory';
import { ORDER_GROUPS, ORDER_SORTS } from '@svodka/shared/contracts/directory';
import { newId } from '@svodka/shared/contracts/id';
import { PROJECT_STATUSES } from '@svodka/shared/contracts/order-codes';
import type { Count } from '@svodka/shared/feed/feed';
import { rank } from '@svodka/shared/rules/orders/status';
import type { mongo } from 'mongoose';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeProject } from '../../test/support/factories.ts';
import { seeded } from '../../test/support/seeded.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { LineFollower } from './line-follower.ts';
import { type TableAsk, tableQuery } from './projects/orders-list.ts';
import type { ProjectDoc } from './projects/project.schema.ts';

const seed = Number(process.env.TABLE_SEED ?? Date.now() % 1_000_000);
const ORDERS = 300;
type Table = { items: Project[]; next: string | null };

describe(`the table of orders (seed ${seed})`, () => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let app: TestApp;
  let projects: mongo.Collection<ProjectDoc>;
  let manager: Awaited<ReturnType<TestApp['signIn']>>;
  let customer: string;

  beforeAll(async () => {
    app = await createTestApp();
    // The lines are made up here.
    await app.app.get(LineFollower, { strict: false }).onModuleDestroy();
    manager = await app.signIn({ roles: ['manager'] });
    customer = (await makeCounterparty(app.admin)).id;
    projects = driverCollection(app.connection, 'projects');
    const { id } = await makeProject(app.admin);
    const model = await projects.findOne({ _id: id });
    if (!model) throw new Error('no order');
    await projects.insertMany(
      Array.from({ length: ORDERS - 1 }, (_, i) => {
        const status = pick(PROJECT_STATUSES);
        const on = `2026-12-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`;
        const slip = Math.floor(random() * 3);
        return {
          ...model,
          _id: newId(),
          number: `S-${i}`,
          numberKey: `s-${i}`,
          managerId: pick([null, manager.user.id, newId()]),
          counterpartyId: i % 60 === 0 ? customer : null,
          status,
          line: {
            ...model.line,
            status,
            risk: slip * 1_000,
            isLate: slip > 0,
            target: { code: 'install' as const, on, slipWd: slip, baselineSlipWd: 0, isDone: false },
            keys: {
              ...model.line.keys,
              slip,
              debt: Math.floor(random() * 3),
              on,
              stage: rank(status),
              flags: slip > 0 ? ['late' as const] : [],
              at: new Date(`${on}T09:00:00Z`),
            },
          },
        };
      }),
    );
  });
  afterAll(() => app?.close());

  const read = (query: string) => app.admin.get<Table>(`/api/projects?${query}`);
  async function pages(query: string): Promise<Project[]> {
    const all: Project[] = [];
    for (let after = ''; ; ) {
      const page = await read(`limit=37&${query}${after && `&after=${after}`}`);
      all.push(...page.items);
      if (!page.next) return all;
      after = page.next;
    }
  }

  it.each([...ORDER_SORTS.map((sort) => `sort=${sort}`), ...ORDER_GROUPS.map((group) => `group=${group}`)])(
    'holds every order once, page by page, by %s',
    async (order) => {
      const all = await pages(order);
      expect(all).toHaveLength(ORDERS);
      expect(new Set(all.map(({ id }) => id)).size).toBe(ORDERS);
      const whole = (await read(`${order}&limit=200`)).items;
      expect(all.slice(0, 200).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
      const risks = all.map(({ line }) => line.risk);
      if (order === 'sort=risk') expect(risks).toEqual([...risks].sort((a, b) => b - a));
      const stages = all.map(({ status }) => rank(status));
      if (order === 'group=stage') expect(stages).toEqual([...stages].sort((a, b) => a - b));
    },
  );

  it('shows what is asked for, and nothing else', async () => {
    const all = await pages('sort=new');
    for (const [query, holds] of [
      ['filter=is:late', ({ line }: Project) => line.isLate],
      [`filter=manager:${manager.user.id}`, ({ managerId }: Project) => managerId === manager.user.id],
      ['filter=stage:ready,act', ({ status }: Project) => status === 'ready' || status === 'act'],
      [`filter=customer:${customer}`, ({ counterpartyId }: Project) => counterpartyId === customer],
      [
        'filter=install:2026-12-05..2026-12-09',
        ({ line }: Project) =>
          line.target !== null && line.target.on >= '2026-12-05' && line.target.on <= '2026-12-09',
      ],
    ] as const) {
      const count = await app.admin.get(`/api/projects/count?${query}`);
      expect([query, count]).toEqual([query, { n: all.filter(holds).length, exact: true }]);
      for (const sort of ORDER_SORTS) {
        const found = (await pages(`sort=${sort}&${query}`)).map(({ id }) => id);
        expect([query, sort, found.sort()]).toEqual([
          query,
          sort,
          all
            .filter(holds)
            .map(({ id }) => id)
            .sort(),
        ]);
      }
    }
  });

  it('reads along an index whatever it is sorted by, and never more than the page', async () => {
    const ask = (more: Partial<TableAsk>) =>
      tableQuery(
        { sort: 'risk', limit: 51, scope: {}, after: null, words: [], filter: { and: [] }, ...more },
        [],
      );
    for (const more of [
      ...ORDER_SORTS.map((sort) => ({ sort })),
      ...ORDER_GROUPS.map((group) => ({ group })),
      { filter: { field: 'manager' as const, in: [manager.user.id] } },
      { filter: { field: 'stage' as const, in: ['ready'] } },
    ]) {
      const [filter, options] = ask(more);
      const plan = await projects.find(filter as mongo.Filter<ProjectDoc>, options).explain('executionStats');
      expect([more, JSON.stringify(plan.queryPlanner).includes('"SORT"')]).toEqual([more, false]);
      expect(plan.executionStats.totalDocsExamined).toBeLessThanOrEqual(51);
    }
    // What is late is few, and is counted without a look at the others.
    const [late] = ask({ filter: { field: 'flag', in: ['late'] } });
    const counted = await projects.find(late as mongo.Filter<ProjectDoc>).explain('executionStats');
    expect(counted.executionStats.totalDocsExamined).toBe(counted.executionStats.nReturned);
    // A few days are read by themselves, and sorted.
    const week = { from: '2026-12-07T00:00:00.000Z', to: '2026-12-14T00:00:00.000Z' };
    const [days, along] = ask({ filter: { field: 'install', ...week } });
    const inWeek = await projects.find(days as mongo.Filter<ProjectDoc>, along).explain('executionStats');
    expect(inWeek.executionStats.totalDocsExamined).toBe(
      await projects.countDocuments({
        'line.keys.at': { $gte: new Date(week.from), $lt: new Date(week.to) },
      } as mongo.Filter<ProjectDoc>),
    );
    const [filter, options] = ask({ filter: { field: 'customer', in: [customer] } });
    const plan = await projects.find(filter as mongo.Filter<ProjectDoc>, options).explain('executionStats');
    expect(plan.executionStats.totalDocsExamined).toBe(5);
  });

  it('puts first the order whose whole number is typed, wherever it stands otherwise, and once', async () => {
    for (const number of ['77', '770', '771', 'A-77']) await makeProject(app.admin, { number });
    const numbers: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Table = await read(`search=77&limit=2${after && `&after=${encodeURIComponent(after)}`}`);
      numbers.push(...page.items.map(({ number }) => number));
      after = page.next;
    }
    expect(numbers).toEqual(['77', 'A-77', '771', '770']);
    for (const words of ['заказ 77', 'зак. 77', 'order 77', '№77']) {
      const { items } = await read(`search=${encodeURIComponent(words)}&limit=2`);
      expect([words, items[0]?.number]).toEqual([words, '77']);
    }
    expect(await app.admin.get('/api/projects/count?search=77')).toEqual({ n: 4, exact: true });
    expect(await app.admin.get('/api/projects/count?search=nobody')).toEqual({ n: 0, exact: true });
  });

  it('keeps sums from an order by those who may not know them', async () => {
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect((await measurer.send('GET', '/api/projects?sort=debt')).status).toBe(403);
    expect((await manager.send('GET', '/api/projects?sort=debt')).status).toBe(200);
    expect((await measurer.send('GET', '/api/projects?filter=-(has:debt stage:act)')).status).toBe(403);
    expect((await manager.send('GET', '/api/projects?filter=has:debt')).status).toBe(200);
    expect((await measurer.send('GET', '/api/projects/count?filter=has:debt')).status).toBe(403);
    expect(await manager.get<Count>('/api/projects/count')).toEqual({
      n: (await manager.get<Table>('/api/projects?limit=200')).items.length,
      exact: true,
    });
    expect((await manager.send('GET', '/api/projects?filter=module:finance')).status).toBe(400);
    expect((await app.admin.send('GET', '/api/projects?sort=risk&after=bm90')).status).toBe(400);
  });

  it('tells those who see an order that it has changed, and those who saw it that it was taken', async () => {
    const other = await app.signIn({ roles: ['manager'] });
    const { id, version } = await makeProject(app.admin, { managerId: manager.user.id });
    const [mine, theirs] = await Promise.all([TestSocket.connect(manager), TestSocket.connect(other)]);
    const isTold = ({ ids }: { ids: string[] | null }) => ids === null || ids.includes(id);
    const edited = await app.admin.patch<Project>(
      `/api/projects/${id}`,
      { note: 'x' },
      { 'If-Match': String(version) },
    );
    await mine.fact('orders.changed', isTold);
    expect(theirs.facts.filter(({ name }) => name === 'orders.changed')).toEqual([]);
    mine.facts.length = 0;
    await app.admin.patch(
      `/api/projects/${id}`,
      { managerId: other.user.id },
      { 'If-Match': String(edited.version) },
    );
    await mine.fact('orders.changed', isTold);
    await theirs.fact('orders.changed', isTold);
    mine.close();
    theirs.close();
  });
});

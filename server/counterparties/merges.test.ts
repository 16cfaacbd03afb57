import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import type { Counterparty, CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Merge, Twins } from '@svodka/shared/contracts/merge';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { seeded } from '../../test/support/seeded.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { MembershipRewriter } from '../events/membership-rewriter.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
const SEED = Number(process.env.SVODKA_SEED ?? 20_261_127);

let app: TestApp;
let vera: Person;
let oleg: Person;

beforeAll(async () => {
  app = await createTestApp();
  [vera, oleg] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['manager'] })];
}, 60_000);
afterAll(() => app?.close());

const card = (id: string, who: Client = app.admin) => who.get<Counterparty>(`/api/counterparties/${id}`);
const versionsOf = (into: Counterparty, from: Counterparty) => ({ into: into.version, from: from.version });
const merge = (
  into: Counterparty,
  from: Counterparty,
  values: Merge['values'] = {},
  who: Client = app.admin,
) =>
  who.send<Counterparty>('POST', `/api/counterparties/${into.id}/merge`, {
    from: from.id,
    versions: versionsOf(into, from),
    values,
  });
const unmerge = (id: string, who: Client = app.admin) =>
  who.send<Counterparty>('DELETE', `/api/counterparties/${id}/merge`);
const settled = () => app.app.get(MembershipRewriter, { strict: false }).run();
const eventOf = async (id: string) =>
  (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
const of = (id: string) => ({ field: 'counterparty' as const, in: [id] });
const queried = async (id: string, who: Client = app.admin) => {
  const filter = encodeURIComponent(`counterparty:${id}`);
  const { items } = await who.get<Page<SvodkaEvent>>(`/api/events?limit=200&filter=${filter}`);
  return items.map((each) => `${each.id} v${each.version}`);
};
const pair = async (one: Partial<CounterpartyCreate> = {}, two: Partial<CounterpartyCreate> = {}) =>
  [await makeCounterparty(app.admin, one), await makeCounterparty(app.admin, two)] as const;

describe('who may stand in the list twice', () => {
  const twinsOf = async (ask: Record<string, string>, who: Client = app.admin) => {
    const { twins } = await who.get<Twins>(`/api/counterparties/alike?${new URLSearchParams(ask)}`);
    return twins.map(({ counterparty, by }) => [counterparty.name, ...by]);
  };

  it('is marked in the list, where the reader sees both (M1)', async () => {
    const { id, name } = await makeCounterparty(app.admin, {
      name: 'Меченый Игорь',
      managerId: vera.user.id,
    });
    const marked = async (who: Client, ask = '&alike=true') =>
      (await who.get<{ alike: string[] }>(`/api/counterparties?limit=200${ask}`)).alike;
    expect(await marked(app.admin)).not.toContain(id);
    const twin = await makeCounterparty(app.admin, { name, managerId: oleg.user.id });
    expect(await marked(app.admin)).toEqual(expect.arrayContaining([id, twin.id]));
    expect(await marked(app.admin, '')).toEqual([]);
    expect(await marked(vera)).not.toContain(id);
  });

  it('is found by INN, phone and a name that is heard alike, and by nothing else (M1)', async () => {
    const org = { kind: 'org' as const };
    const own = await makeCounterparty(app.admin, {
      ...org,
      name: 'ООО «Гранит-Строй»',
      inn: '7707083893',
      phones: ['8 916 555-00-01'],
    });
    await makeCounterparty(app.admin, { ...org, name: 'АО Гранитстрой' });
    await makeCounterparty(app.admin, { ...org, name: 'ПАО Сбыт', inn: '7707083893' });
    await makeCounterparty(app.admin, {
      name: 'Иванов П. С.',
      contacts: [{ name: 'Прораб', role: '', phones: ['+79165550001'], emails: [] }],
    });
    await makeCounterparty(app.admin, { ...org, name: 'ООО «Гранд»' });
    const found = await twinsOf({ id: own.id });
    expect(found.sort()).toEqual([
      ['АО Гранитстрой', 'name'],
      ['Иванов П. С.', 'phone'],
      ['ПАО Сбыт', 'inn'],
    ]);
    expect(await twinsOf({ kind: 'person', name: 'Иванов Пётр Сергеевич' })).toEqual([
      ['Иванов П. С.', 'name'],
    ]);
    expect(await twinsOf({ phone: '916 5550001' })).toHaveLength(2);
    expect(await twinsOf({ kind: 'person', name: 'Иванов' })).toEqual([]);
  });

  it('tells nobody what the cards hide', async () => {
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect(await twinsOf({ phone: '+79165550001' }, measurer)).toEqual([]);
    expect(await twinsOf({ kind: 'org', name: 'Гранит строй' }, measurer)).toHaveLength(2);
    expect(await twinsOf({ kind: 'org', name: 'Гранит строй' }, vera)).toEqual([]);
  });

  it('is looked for along one index', async () => {
    const found = app.connection
      .collection('counterparties')
      .find({ alike: { $in: ['inn:7707083893'] }, merged: null });
    const { executionStats } = await found.explain('executionStats');
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(2);
  });
});

describe('merging', () => {
  it('takes orders, events and comments along, redirects what names the other, and is undone whole (M2, M5)', async () => {
    const [into, from] = await pair(
      { name: 'Северина О. С.', phones: ['+79160000001'] },
      { phones: ['+79160000002'] },
    );
    const order = await makeProject(app.admin, { counterpartyId: from.id });
    const [inOrder, alone, both] = [
      await makeEvent(app.admin, { projectId: order.id }),
      await makeEvent(app.admin, { counterpartyIds: [from.id] }),
      await makeEvent(app.admin, { counterpartyIds: [from.id, into.id] }),
    ];
    await app.admin.post(`/api/events/${alone.id}/comments`, { body: 'Сказано о том' });
    const socket = await TestSocket.connect(app.admin);
    const feeds = [await socket.follow(of(into.id)), await socket.follow(of(from.id))];
    const hold = async () => {
      await settled();
      for (const [i, { id }] of [into, from].entries()) {
        const wanted = await queried(id);
        await until(() => feeds[i]?.rows.map((row) => `${row.id} v${row.version}`).join() === wanted.join());
      }
    };

    const values = { phones: ['+79160000001', '+79160000002'], note: 'Собрано' };
    const merged = await merge(into, from, values);
    expect(merged.status).toBe(200);
    expect(await card(into.id)).toMatchObject(values);
    await hold();
    for (const { id } of [inOrder, alone, both])
      expect((await eventOf(id)).counterpartyIds).toEqual([into.id]);
    expect((await app.admin.get<Project>(`/api/projects/${order.id}`)).counterpartyId).toBe(into.id);
    // A saved filter that names the one that went asks for whom it stands for (M9).
    expect(await queried(from.id)).toEqual(await queried(into.id));
    const orders = async (id: string) =>
      (await app.admin.get<Page<Project>>(`/api/projects?filter=customer:${id}`)).items.map(
        ({ id: each }) => each,
      );
    expect(await orders(from.id)).toEqual(await orders(into.id));
    expect(await orders(from.id)).not.toEqual([]);
    expect((await card(from.id)).id).toBe(into.id);
    const list = await app.admin.get<Page<Counterparty>>('/api/counterparties?search=79160000002');
    expect(list.items.map(({ id }) => id)).toEqual([into.id]);
    expect((await app.admin.get<Page<unknown>>(`/api/events/${alone.id}/comments`)).items).toHaveLength(1);
    const { merged: gone } = await app.admin.get<Twins>(`/api/counterparties/alike?id=${into.id}`);
    expect(gone).toMatchObject([{ id: from.id, name: from.name }]);
    expect((await app.admin.send('PATCH', `/api/counterparties/${from.id}`, { note: 'x' })).status).toBe(409);

    await app.admin.patch(`/api/counterparties/${into.id}`, { note: 'Написано после' });
    const later = await makeEvent(app.admin, { counterpartyIds: [from.id] });
    const meant = await makeEvent(app.admin, { counterpartyIds: [into.id] });
    expect(later.counterpartyIds).toEqual([into.id]);
    expect((await unmerge(from.id)).status).toBe(200);
    await hold();
    expect((await eventOf(inOrder.id)).counterpartyIds).toEqual([from.id]);
    expect((await eventOf(alone.id)).counterpartyIds).toEqual([from.id]);
    expect((await eventOf(both.id)).counterpartyIds).toEqual([from.id, into.id]);
    expect((await eventOf(later.id)).counterpartyIds).toEqual([from.id]);
    expect((await eventOf(meant.id)).counterpartyIds).toEqual([into.id]);
    expect(await card(into.id)).toMatchObject({ phones: ['+79160000001'], note: 'Написано после' });
    expect((await card(from.id)).id).toBe(from.id);
    socket.close();

    const kinds = async () =>
      (await app.admin.get<Page<AuditRecord>>(`/api/audit?object=${from.id}`)).items.map(({ what }) => what);
    await until(async () => (await kinds()).includes('counterparty.unmerged'));
    expect(await kinds()).toEqual(['counterparty.unmerged', 'counterparty.merged', 'counterparty.created']);
  });

  it('lets a filter that somebody has saved follow, there and back, with its count (M9)', async () => {
    const [into, from] = await pair();
    const [of1, of2] = [
      await makeEvent(app.admin, { counterpartyIds: [into.id] }),
      await makeEvent(app.admin, { counterpartyIds: [from.id] }),
    ];
    const socket = await TestSocket.connect(app.admin);
    const feed = await socket.follow(of(from.id));
    const shown = () => feed.rows.map(({ id }) => id).sort();
    expect(shown()).toEqual([of2.id]);
    await until(() => feed.count?.n === 1);
    await merge(into, from);
    await settled();
    await until(() => shown().join() === [of1.id, of2.id].sort().join());
    expect(await queried(from.id)).toHaveLength(2);
    await until(() => feed.count?.n === 2);
    await unmerge(from.id);
    await settled();
    await until(() => shown().join() === of2.id);
    await until(() => feed.count?.n === 1);
    socket.close();
  });

  it('keeps what an event named when somebody edits it meanwhile', async () => {
    const [into, from] = await pair();
    const other = await makeCounterparty(app.admin);
    const event = await makeEvent(app.admin, { counterpartyIds: [from.id] });
    await merge(into, from);
    await settled();
    const { rev } = await eventOf(event.id);
    await app.admin.patch(
      `/api/events/${event.id}`,
      { counterpartyIds: [into.id, other.id] },
      { 'If-Match': String(rev) },
    );
    expect((await eventOf(event.id)).counterpartyIds).toEqual([into.id, other.id]);
    await unmerge(from.id);
    await settled();
    expect((await eventOf(event.id)).counterpartyIds).toEqual([from.id, other.id]);
  });

  it('of two that lead into each other at once lets one win at most (M3)', async () => {
    for (let round = 0; round < 8; round++) {
      const [one, two] = await pair();
      const answers = await Promise.all([merge(one, two), merge(two, one)]);
      const won = answers.filter(({ status }) => status === 200).length;
      expect(won).toBeLessThanOrEqual(1);
      const shown = await Promise.all([card(one.id), card(two.id)]);
      expect(new Set(shown.map(({ id }) => id)).size).toBe(2 - won);
    }
  });

  it('is refused for old versions, strangers and one with itself', async () => {
    const [into, from] = await pair({ managerId: vera.user.id }, { managerId: oleg.user.id });
    expect((await merge({ ...into, version: 9 }, from)).error?.code).toBe('conflict');
    expect((await merge(into, into)).error?.code).toBe('validation');
    expect((await merge(into, from, {}, vera)).status).toBe(404);
    const orders = await app.signIn({ roles: ['orders'] });
    expect((await merge(into, from, {}, orders)).status).toBe(403);
    const own = await makeCounterparty(app.admin, { managerId: vera.user.id });
    expect((await merge(into, own, {}, vera)).status).toBe(200);
    expect((await unmerge(own.id, vera)).status).toBe(200);
  });

  it('takes what was seen by another manager out of their sight, and gives it back', async () => {
    const [into, from] = await pair({ managerId: vera.user.id }, { managerId: oleg.user.id });
    const event = await makeEvent(app.admin, { counterpartyIds: [from.id] });
    const sees = async (who: Client) => (await who.send('GET', `/api/events/${event.id}`)).status === 200;
    expect([await sees(vera), await sees(oleg)]).toEqual([false, true]);
    await merge(into, from);
    expect(await sees(oleg)).toBe(false);
    await settled();
    expect(await sees(vera)).toBe(true);
    await unmerge(from.id);
    await settled();
    expect([await sees(vera), await sees(oleg)]).toEqual([false, true]);
  });
});

/** What happens to some counterparties, orders and events at once, said plainly: each thing keeps what it was named. */
describe('the law of merging (M4)', () => {
  it.each([SEED, SEED + 1])(
    'whatever is written meanwhile, what names one names whom it stands for; seed %i',
    async (seed) => {
      const random = seeded(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
      const parties = await Promise.all(Array.from({ length: 5 }, () => makeCounterparty(app.admin)));
      const leads = new Map<string, string>();
      const standing = (id: string): string => (leads.has(id) ? standing(leads.get(id) as string) : id);
      const named = new Map<string, { own: string[]; order: string | null }>();
      const ofOrders = new Map<string, string>();
      const socket = await TestSocket.connect(app.admin);
      const feeds = new Map(
        await Promise.all(
          parties.map(async ({ id }) => [id, await socket.follow(of(id), { limit: 200 })] as const),
        ),
      );

      const write = async () => {
        const order = random() < 0.4 && ofOrders.size > 0 ? pick([...ofOrders.keys()]) : null;
        const own = random() < 0.75 || !order ? [pick(parties).id] : [];
        const event = await makeEvent(app.admin, { counterpartyIds: own, projectId: order });
        named.set(event.id, { own, order });
      };
      const steps: (() => Promise<unknown>)[] = [
        write,
        write,
        write,
        async () => {
          const { id } = pick(parties);
          ofOrders.set((await makeProject(app.admin, { counterpartyId: id })).id, id);
        },
        async () => {
          const free = parties.filter(({ id }) => !leads.has(id));
          if (free.length < 2) return;
          const [into, from] = [pick(free), pick(free)];
          if (into === from) return;
          const { status } = await merge(await card(into.id), await card(from.id));
          if (status === 200) leads.set(from.id, into.id);
        },
        async () => {
          const [id] = leads.size > 0 ? [pick([...leads.keys()])] : [];
          if (id && (await unmerge(id)).status === 200) leads.delete(id);
        },
      ];
      const holds = async () => {
        await settled();
        for (const [id, { own, order }] of named) {
          const wanted = new Set([...own, ...(order ? [ofOrders.get(order) as string] : [])].map(standing));
          expect([seed, id, new Set((await eventOf(id)).counterpartyIds)]).toEqual([seed, id, wanted]);
        }
        for (const { id } of parties) {
          const wanted = await queried(id);
          const shown = () => (feeds.get(id)?.rows ?? []).map((row) => `${row.id} v${row.version}`).join();
          await until(() => shown() === wanted.join(), { what: () => `${seed}: ${shown()}` });
        }
      };
      for (let round = 0; round < 12; round++) {
        // One that merges, and two that write to whoever is being merged.
        await Promise.all([pick(steps)(), write(), write()]);
        if (round % 4 === 3) await holds();
      }
      for (const id of [...leads.keys()]) {
        expect((await unmerge(id)).status).toBe(200);
        leads.delete(id);
      }
      await holds();
      socket.close();
    },
    60_000,
  );
});

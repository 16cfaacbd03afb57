import { EventCreateSchema } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { asks, isMachineType } from '@svodka/shared/contracts/modules';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { deadlineOf } from '@svodka/shared/rules/due';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import type { FactEvent } from '@svodka/shared/rules/orders/facts';
import { lineOf } from '@svodka/shared/rules/orders/line';
import { dayKind } from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import { likenessOf } from '../counterparties/likeness.ts';
import { USERS } from './company.ts';
import { ZONE } from './days.ts';
import { LATE, ORDERS, type Placed, registeredAt, type Scenario, scenario } from './scenario.ts';
import type { Scene } from './story.ts';

/** Days at which a company is looked at: noon, morning, night, evening, a Sunday, after holidays. */
const MOMENTS = [
  '2026-11-27T12:40',
  '2026-11-26T09:20',
  '2026-11-25T03:10',
  '2026-10-20T21:35',
  '2026-11-22T13:00',
  '2026-05-12T11:00',
];

const dueOf = ({ due }: Scene): Date | null => (due ? deadlineOf(due, ZONE).dueAt : null);
const isOpen = (scene: Scene) => !scene.resolved && (asks(scene.type) || scene.due !== null);

function factOf(scene: Scene): FactEvent {
  return {
    id: newId(),
    version: 1,
    type: scene.type,
    occurredAt: scene.at.toJSDate(),
    dueAt: dueOf(scene),
    status: isOpen(scene) ? 'open' : asks(scene.type) ? 'resolved' : 'recorded',
    resolved: null,
    deletedAt: null,
    payload: scene.payload,
  };
}

function chainsOf(company: Scenario, now: Date): { order: Placed; chain: Omit<OrderChain, 'isWhole'> }[] {
  return company.orders.map((order) => {
    const own = company.scenes.filter((scene) => scene.order === order.index);
    const chain = chainOf({
      template: order.template,
      zone: ZONE,
      createdAt: registeredAt(company, order).toJSDate(),
      amountKop: order.amountKop,
      now,
      events: own.map(factOf),
    });
    return { order, chain };
  });
}

const SEEDS = [1, 7];
/** In the usual run one seed for each moment, in turn. */
const COMPANIES = MOMENTS.flatMap((moment, i) =>
  SEEDS.filter((_, nth) => process.env.SVODKA_DEEP || nth === i % SEEDS.length).map(
    (seed) => [moment, seed] as const,
  ),
);

describe.each(COMPANIES)('the demo company at %s, seed %i', (moment, seed) => {
  const now = DateTime.fromISO(moment, { zone: ZONE });
  const today = now.toISODate() as string;
  const isWorkday = dayKind(today) !== 'off';
  const company = scenario(seed, now.toJSDate());
  const chains = chainsOf(company, now.toJSDate());
  const { scenes, orders, parties, comments } = company;

  it('has the people, customers and orders that it is to have', () => {
    expect(USERS).toHaveLength(14);
    expect(parties).toHaveLength(60);
    expect(parties.filter(({ categories }) => categories.includes('dealer'))).toHaveLength(8);
    expect(orders).toHaveLength(ORDERS);
    const likeness = parties.map((party) => likenessOf(party));
    const twins = likeness.flatMap((keys, i) =>
      likeness.slice(i + 1).filter((others) => keys.some((key) => others.includes(key))),
    );
    expect(twins).toHaveLength(3);
  });

  it('writes nothing that people or the present could not', () => {
    const wrong = scenes.flatMap(({ at, by, type, title, body, importance, payload, due }) => {
      const parsed = EventCreateSchema.safeParse({ type, title, body, importance, payload, due });
      const faults = [
        at > now && 'is to come',
        parsed.error?.issues,
        isMachineType(type) && 'is what a machine says',
        by !== null && (at.hour < 8 || at.hour >= 21) && 'is said at night',
      ].filter(Boolean);
      return faults.length > 0 ? [[title, ...faults]] : [];
    });
    expect(wrong).toEqual([]);
    expect(scenes.filter(({ title }) => title.startsWith('Ожида'))).toEqual([]);
  });

  it('contradicts itself only where it means to', () => {
    const found = chains.flatMap(({ order, chain }) =>
      chain.contradictions.map(({ kind, code }) => `${order.number} ${kind} ${code}`),
    );
    // What has trouble was promised earlier than it can be, and its crew may come before the goods.
    const troubled = chains.flatMap(({ order }) => (order.trouble ? [`${order.number}`] : []));
    const meant = found.filter(
      (each) => !/ (?:promised|early) /.test(each) || !troubled.includes(each.split(' ')[0] ?? ''),
    );
    const kinds = meant.map((each) => each.split(' ')[1]).sort();
    expect([meant, kinds]).toEqual([meant, ['amount', 'overpaid']]);
  });

  it('is late with fifteen orders, which say why', () => {
    const late = chains.filter(({ chain }) => lineOf(chain, []).isLate);
    const told = late.map(({ order }) => `${order.number} ${order.trouble?.kind} since ${order.from}`);
    expect([told, late.length]).toEqual([told, LATE]);
    expect(LATE).toBe(15);
    for (const { order, chain } of late) {
      expect(order.trouble).not.toBeNull();
      expect(chain.milestones.some(({ why }) => why.length > 0)).toBe(true);
    }
  });

  it('has orders in every stage, a façade in four, and installations today and tomorrow', () => {
    const next = (code: string) =>
      chains.filter(({ chain }) => {
        const waiting = chain.milestones.find(({ state }) => state !== 'done' && state !== 'skipped');
        return waiting?.code === code;
      }).length;
    for (const code of ['contract', 'prepay', 'reserve', 'ready', 'ship', 'install', 'payment'])
      expect([code, next(code) > 0]).toEqual([code, true]);
    const facade = chains.find(({ order }) => order.template === 'facade');
    expect(facade?.chain.milestones.find(({ code }) => code === 'install')?.progress).toMatchObject({
      done: 2,
      total: 4,
    });
    const installs = new Map<string, number>();
    for (const { chain } of chains) {
      const day = chain.milestones.find(
        ({ code, state }) => code === 'install' && state !== 'skipped',
      )?.forecastOn;
      if (day) installs.set(day, (installs.get(day) ?? 0) + 1);
    }
    if (isWorkday) expect(installs.get(today)).toBeGreaterThanOrEqual(2);
    const days = [...installs.keys()].filter((day) => day > today).sort();
    expect(installs.get(days[0] as string)).toBeGreaterThanOrEqual(3);
  });

  it('lives today until the present minute, and asks for little at once', () => {
    const ofToday = scenes.filter(({ at }) => at.toISODate() === today);
    const [least, most] = !isWorkday
      ? [6, 40]
      : now.hour < 8
        ? [3, 20]
        : now.hour < 11
          ? [12, 55]
          : [25, 110];
    expect(ofToday.length).toBeGreaterThanOrEqual(least as number);
    expect(ofToday.length).toBeLessThanOrEqual(most as number);
    expect(now.diff(scenes.at(-1)?.at as DateTime, 'minutes').minutes).toBeLessThan(5);
    const open = scenes.filter(isOpen);
    expect(open.length).toBeGreaterThanOrEqual(15);
    expect(open.length).toBeLessThanOrEqual(25);
    const critical = open.filter(({ importance }) => importance === 'critical');
    expect(critical.length).toBeGreaterThanOrEqual(3);
    expect(critical.length).toBeLessThanOrEqual(5);
    const dues = open.flatMap((scene) => dueOf(scene) ?? []);
    expect(dues.some((due) => due < now.toJSDate())).toBe(true);
    expect(dues.some((due) => due > now.toJSDate() && due < now.plus({ days: 4 }).toJSDate())).toBe(true);
    expect(
      scenes.filter(({ order, at }) => order === null && at > now.minus({ days: 21 })).length,
    ).toBeGreaterThanOrEqual(30);
  });

  it('does not say the same again and again', () => {
    const complaints = scenes.filter(({ type }) => type === 'complaint.opened');
    expect(new Set(complaints.map(({ title }) => title)).size).toBeGreaterThanOrEqual(15);
    expect(new Set(scenes.map(({ title }) => title)).size).toBeGreaterThan(400);
    const preferences = scenes.filter(({ type }) => type === 'customer.preference');
    expect(new Set(preferences.map(({ title }) => title)).size).toBe(15);
  });

  it('talks about what happened, after it happened', () => {
    expect(comments.length).toBeGreaterThan(40);
    for (const { scene, at } of comments) expect(at > scene.at && at < now).toBe(true);
  });

  it('is the same again', () => {
    const told = (one: Scenario) => JSON.stringify(one);
    expect(told(scenario(seed, now.toJSDate())) === told(company)).toBe(true);
  });
});

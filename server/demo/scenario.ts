// Nine months of a window company as a plain value: the same for the same seed and moment, and known to no store.
import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { Due } from '@svodka/shared/contracts/event';
import type { OrderTemplate } from '@svodka/shared/contracts/order-codes';
import { type Day, dayKind } from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import { address, counterparties, USERS } from './company.ts';
import { ahead, moment, workdaysBack, workdayUntil, ZONE } from './days.ts';
import { Random } from './random.ts';
import { type Order, plural, type Scene, storyOf, type Trouble } from './story.ts';
import { CALLS, COMPLAINTS, MATERIALS, NEW_CALLS, PREFERENCES, REQUESTS, THREADS } from './words.ts';

export type Said = { scene: Scene; by: string; body: string; at: DateTime };
export type Placed = Order & { address: string; appointed: string[] };
export type Scenario = {
  parties: CounterpartyCreate[];
  managers: string[];
  orders: Placed[];
  scenes: Scene[];
  comments: Said[];
};

export const ORDERS = 180;
const WORKDAYS = 186;
/** How many orders were signed so many working days ago and have come as far as they should: the present season. */
const ON_TIME = [2, 3, 3, 3, 2, 3, 2, 3, 2, 2, 3, 2, 3, 2, 5, 4, 3, 2, 2];
/** Days after the contract on which goods go to the customer, and the crew. */
const SHIPS = 14;
const INSTALLS = 15;
/** All that is in the way of something, since when, and whether it cannot wait. */
const TROUBLES: [kind: Trouble, ago: number, isCritical?: true][] = [
  ['shortage', 6, true],
  ['shortage', 7],
  ['shortage', 5],
  ['delayed', 10],
  ['delayed', 11],
  ['delayed', 12],
  ['defect', 14, true],
  ['defect', 15],
  ['unpaid', 8, true],
  ['unpaid', 7],
  ['unpaid', 6],
  ['failed', 16, true],
  ['failed', 17],
  ['failed', 18],
  ['redo', 0],
];
export const LATE = TROUBLES.length;
const ASIDE: [kind: Trouble, ago: number][] = [
  ['debt', 21],
  ['paused', 8],
  ['cancelled', 35],
  ['cancelled', 80],
];
/** Signed so long ago, everything is paid and closed. */
const OVER = 24;

type Plan = Pick<Order, 'from' | 'trouble' | 'template'> & { isOver: boolean };

function plansOf(today: Day, random: Random): Plan[] {
  const last = workdayUntil(today);
  const plan = (ago: number, template: OrderTemplate, trouble: Order['trouble'] = null): Plan => ({
    from: ago < 0 ? ahead(last, -ago) : workdaysBack(last, ago),
    template,
    trouble,
    isOver: ago >= OVER,
  });
  const some = (): OrderTemplate => (random.chance(0.2) ? 'dealer' : 'private');
  const plans = ON_TIME.flatMap((count, ago) =>
    // Whoever calls today is measured first; what is installed in these days is no dealer's.
    Array.from({ length: count }, () =>
      plan(ago, ago === 0 || (ago >= SHIPS && ago <= INSTALLS) ? 'private' : some()),
    ),
  );
  for (const ago of [-1, -1, -1, -1, -2, -2, -2, -2]) plans.push(plan(ago, 'private'));
  const counted = new Map<Trouble, number>();
  for (const [kind, ago, isCritical = false] of [
    ...TROUBLES,
    ...ASIDE.map(([kind, ago]) => [kind, ago] as const),
  ]) {
    const which = counted.get(kind) ?? 0;
    counted.set(kind, which + 1);
    plans.push(plan(ago, 'private', { kind, which, isCritical }));
  }
  plans.push(plan(22, 'facade'), plan(40, 'complaint'), plan(6, 'complaint'));
  while (plans.length < ORDERS) plans.push(plan(random.int(OVER, WORKDAYS), some()));
  return plans.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

const PRODUCTS = [
  (n: number) => plural(n, 'окно', 'окна', 'окон'),
  (n: number) => (n > 1 ? `балконный блок и ${plural(n - 1, 'окно', 'окна', 'окон')}` : 'балконный блок'),
  (n: number) => `остекление лоджии, ${plural(n, 'секция', 'секции', 'секций')}`,
  (n: number) => `${plural(n, 'окно', 'окна', 'окон')} с ламинацией`,
] as const;

function ordersOf(parties: readonly CounterpartyCreate[], today: Day, random: Random): Placed[] {
  const managers = USERS.filter(({ roles }) => roles.includes('manager')).map(({ login }) => login);
  const placesOf = (is: (party: CounterpartyCreate) => boolean) =>
    parties.flatMap((party, i) => (is(party) ? [i] : []));
  const dealers = placesOf(({ categories }) => categories.includes('dealer'));
  const firms = placesOf(({ kind, categories }) => kind === 'org' && !categories.includes('dealer'));
  const persons = placesOf(({ kind }) => kind === 'person');
  return plansOf(today, random).map(({ isOver, ...plan }, index) => {
    const isDealer = plan.template === 'dealer';
    const isFacade = plan.template === 'facade';
    const party = isDealer
      ? random.pick(dealers)
      : isFacade || random.chance(0.15)
        ? random.pick(firms)
        : random.pick(persons);
    const isFirm = firms.includes(party);
    const items = isFacade ? 64 : isDealer ? random.int(6, 28) : random.int(1, isFirm ? 18 : 7);
    const price = isFacade
      ? 10_600_000
      : isDealer
        ? random.int(1300, 1900) * 1000
        : random.int(2400, 4600) * 1000;
    const odd = isOver && !plan.trouble && plan.template === 'private' ? ODDITIES[index] : undefined;
    return {
      ...plan,
      index,
      number: String(301 + index),
      party,
      manager: random.pick(managers),
      amountKop: plan.template === 'complaint' ? null : items * price,
      items,
      what: isFacade
        ? 'фасад пристройки, 64 витража в четыре этапа'
        : plan.template === 'complaint'
          ? COMPLAINTS[11][0]
          : random.pick(PRODUCTS)(items),
      phone: parties[party]?.phones[0] ?? '',
      // By turns: orders of one day come to their installation on one day, and no crew does all of them.
      crew: isFacade ? 'Фасадная бригада' : `Бригада ${(index % 5) + 1}`,
      hadDelay: isOver && !plan.trouble && random.chance(0.14),
      oddity: odd ?? null,
      address: address(random),
      appointed: random.chance(0.3) ? [random.pick(['ilya', 'elena', 'irina'])] : [],
    };
  });
}

/** By the place of the order; those places are long closed. */
const ODDITIES: Record<number, Order['oddity']> = {
  11: 'refund',
  12: 'refund',
  13: 'refund',
  30: 'overpaid',
  31: 'amended',
};

export function scenario(seed: number, at: Date): Scenario {
  const now = DateTime.fromJSDate(at, { zone: ZONE });
  const today = now.toISODate() as Day;
  const random = new Random(seed);
  const parties = counterparties(random);
  const orders = ordersOf(parties, today, random);
  const scenes = orders.flatMap((order) => storyOf(order, now, new Random(seed * 1000 + order.index)));
  scenes.push(...complaints(orders, now, random));
  const life = new Life(parties, orders, scenes, now, random);
  scenes.push(...life.scenes());
  scenes.sort((a, b) => a.at.toMillis() - b.at.toMillis());
  const managers = parties.map((_, i) => orders.find(({ party }) => party === i)?.manager ?? 'vera');
  return { parties, managers, orders, scenes, comments: discussed(scenes, orders, now, random) };
}

/** When an order was entered: the day on which work on it began. */
export function registeredAt({ scenes }: Pick<Scenario, 'scenes'>, { index }: Placed): DateTime {
  const own = scenes.filter(({ order }) => order === index);
  const first = own.find(({ type }) => type === 'order.registered' || type === 'complaint.opened') ?? own[0];
  if (!first) throw new Error(`nothing is told of order ${index}`);
  return first.at;
}

const plain = {
  body: '',
  importance: 'normal' as const,
  by: null,
  order: null,
  parties: [],
  payload: {},
  due: null,
  resolved: true,
};

/** What customers found fault with later on: each kind once, two of them still open. */
function complaints(orders: readonly Placed[], now: DateTime, random: Random): Scene[] {
  const closed = orders.filter(
    ({ template, trouble, from }) =>
      template === 'private' && !trouble && from < workdaysBack(now.toISODate() as Day, 45),
  );
  return COMPLAINTS.flatMap(([what, cure], i) => {
    const order = closed[Math.floor((closed.length * (i + 0.5)) / COMPLAINTS.length)];
    if (!order) return [];
    const isOpen = i >= COMPLAINTS.length - 2;
    const on = isOpen
      ? workdaysBack(now.toISODate() as Day, i === 14 ? 1 : 2)
      : ahead(order.from, random.int(22, 34));
    const about = { ...plain, order: order.index, parties: [order.party] };
    const opened: Scene = {
      ...about,
      at: moment(on, random),
      type: 'complaint.opened',
      title: `Рекламация: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
      importance: 'high',
      by: i % 2 ? 'maxim' : 'anna',
      due: isOpen ? { local: ahead(now.toISODate() as Day, 1 + (i % 2)) } : null,
      resolved: !isOpen,
    };
    if (isOpen) return [opened];
    const end = ahead(on, random.int(2, 4));
    return [
      opened,
      {
        ...about,
        at: moment(end, random),
        type: 'complaint.closed' as const,
        title: `Рекламация закрыта: ${cure.charAt(0).toLowerCase()}${cure.slice(1)}`,
        by: 'maxim',
      },
    ];
  });
}

const SHIFTS = [
  'раскрой профиля закончен',
  'сварка створок',
  'установка фурнитуры',
  'остекление',
  'упаковка',
];

/** What goes on beside the orders: calls, wishes, deliveries. By day people, at night what modules write. */
class Life {
  readonly #scenes: Scene[] = [];
  /** When each order was in the works, and when it was anybody's business. */
  readonly #spans: { order: Placed; from: number; to: number; launched: number; ready: number }[];

  constructor(
    private readonly parties: readonly CounterpartyCreate[],
    orders: readonly Placed[],
    told: readonly Scene[],
    private readonly now: DateTime,
    private readonly random: Random,
  ) {
    const when = new Map<string, number>();
    for (const { order, type, at } of told) if (order !== null) when.set(`${order} ${type}`, at.toMillis());
    const never = Number.POSITIVE_INFINITY;
    this.#spans = orders
      .filter(({ trouble, template }) => !trouble && template !== 'complaint')
      .map((order) => {
        const of = (type: string) => when.get(`${order.index} ${type}`) ?? never;
        return {
          order,
          from: of('contract.signed'),
          to: Math.min(of('install.done'), of('payment.final')),
          launched: of('production.launched'),
          ready: of('items.complete'),
        };
      });
  }

  scenes(): Scene[] {
    const { now, random } = this;
    const today = now.toISODate() as Day;
    let day = workdaysBack(today, WORKDAYS);
    while (day < today) {
      const isOff = dayKind(day) === 'off';
      for (let left = isOff ? 1 : random.int(3, 6); left > 0; left--) {
        const at = moment(day, random, isOff ? [10, 17] : [9, 18.5]);
        if (isOff && random.chance(0.5)) this.#module(at);
        else this.#person(at, isOff);
      }
      if (random.chance(0.6)) this.#module(moment(day, random, [0, 7]));
      day = DateTime.fromISO(day, { zone: 'UTC' }).plus({ days: 1 }).toISODate() as Day;
    }
    const isOff = dayKind(today) === 'off';
    const midnight = now.startOf('day');
    for (let minute = random.int(5, 40); ; minute += random.int(90, 150)) {
      const at = midnight.plus({ minutes: minute, seconds: random.int(0, 59) });
      if (at >= now) break;
      this.#module(at);
    }
    for (
      let minute = (isOff ? 10 : 8.2) * 60;
      minute < 20 * 60;
      minute += isOff ? random.int(60, 120) : random.int(24, 56)
    ) {
      const at = midnight.plus({ minutes: minute, seconds: random.int(0, 59) });
      if (at >= now) break;
      this.#person(at, isOff);
    }
    this.#openThings(today);
    this.#lastMinutes();
    return this.#scenes;
  }

  #add(at: DateTime, type: Scene['type'], title: string, rest: Partial<Scene> = {}): void {
    this.#scenes.push({ ...plain, at, type, title, ...rest });
  }

  /** Of those whose order is under way at a moment. */
  #underWay(at: DateTime): Placed | null {
    const ms = at.toMillis();
    const some = this.#spans.filter(({ from, to }) => from < ms && ms < to);
    return some.length > 0 ? this.random.pick(some).order : null;
  }

  #module(at: DateTime): void {
    const { random } = this;
    const ms = at.toMillis();
    const inWorks = this.#spans.filter(({ launched, ready }) => launched < ms && ms < ready);
    const { order } = inWorks.length > 0 && random.chance(0.5) ? random.pick(inWorks) : { order: null };
    if (order)
      this.#add(at, 'production.progress', `Цех: ${random.pick(SHIFTS)}`, {
        order: order.index,
        parties: [order.party],
        importance: 'info',
      });
    else {
      const [material] = random.pick(MATERIALS);
      this.#add(
        at,
        'material.received',
        `Поступило на склад: ${material}, накладная П-${random.int(1200, 9900)}`,
        {
          importance: 'info',
        },
      );
    }
  }

  /** A caller: of an order that is under way, else anybody, with their own number. */
  #call(at: DateTime): { phone: string; name: string; order: Placed | null; party: number } {
    const order = this.random.chance(0.4) ? this.#underWay(at) : null;
    const party = order?.party ?? this.random.int(0, this.parties.length - 4);
    return {
      phone: this.parties[party]?.phones[0] ?? '',
      name: this.parties[party]?.name ?? '',
      order,
      party,
    };
  }

  #person(at: DateTime, isOff: boolean): void {
    const { random } = this;
    const { phone, name, order, party } = this.#call(at);
    const about = { order: order?.index ?? null, parties: [party] };
    const by = isOff ? 'rustam' : random.pick(['anna', 'maxim', 'rustam']);
    const draw = random.next();
    if (draw < 0.5 || isOff) {
      const [topic, body] = random.pick(order ? CALLS : NEW_CALLS);
      this.#add(at, 'call.in', `${name} ${topic}`, {
        ...about,
        by,
        body,
        payload: { from: phone, durationMs: random.int(35, 520) * 1000, topic },
      });
    } else if (draw < 0.62)
      this.#add(at, 'call.out', `Перезвонили: ${name}`, {
        ...about,
        by,
        body: random.pick(CALLS)[1],
        payload: { to: phone, durationMs: random.int(30, 300) * 1000 },
      });
    else if (draw < 0.74)
      this.#add(at, 'call.missed', `Пропущенный звонок: ${name}`, { ...about, payload: { from: phone } });
    else if (draw < 0.86)
      this.#add(at, 'customer.preference', random.pick(PREFERENCES), {
        ...about,
        by: random.pick(['elena', 'pavel']),
      });
    else if (draw < 0.94)
      this.#add(at, 'customer.request', random.pick(REQUESTS), { parties: [party], by: 'elena' });
    else
      this.#add(at, 'note.free', `Заехать за образцами: ${name}`, {
        ...about,
        by: 'nina',
        importance: 'info',
      });
  }

  /** The last moment at which somebody was at work. */
  #atWork(minutesAgo: number): DateTime {
    const at = this.now.minus({ minutes: minutesAgo });
    const isWork = dayKind(at.toISODate() as Day) !== 'off' && at.hour >= 9 && at.hour < 20;
    if (isWork) return at;
    const before = at.hour < 9 ? at.minus({ days: 1 }) : at;
    const day = workdayUntil(before.toISODate() as Day);
    return DateTime.fromISO(day, { zone: ZONE }).plus({ hours: 18, minutes: 30 - (minutesAgo % 60) });
  }

  /** What somebody is to do today and in the next days. */
  #openThings(today: Day): void {
    const { random } = this;
    const waits = (
      minutesAgo: number,
      type: Scene['type'],
      title: (name: string) => string,
      due: Due | null,
      by: string | null,
    ) => {
      const at = this.#atWork(minutesAgo);
      const { phone, name, order, party } = this.#call(at);
      const isCall = type.startsWith('call.');
      this.#add(at, type, title(name), {
        order: type === 'customer.request' ? null : (order?.index ?? null),
        parties: [party],
        by,
        importance: type === 'call.missed' ? 'high' : 'normal',
        payload: isCall ? { from: phone, ...(type === 'call.promise' && { promise: 'перезвонить' }) } : {},
        due,
        resolved: false,
      });
    };
    const next = ahead(today, dayKind(today) === 'off' ? 0 : 1);
    waits(24, 'call.missed', (name) => `Пропущенный звонок: ${name}`, null, null);
    waits(71, 'call.missed', (name) => `Пропущенный звонок: ${name}`, null, null);
    const evening = this.now.hour < 17 && dayKind(today) !== 'off' ? today : next;
    waits(
      52,
      'call.promise',
      (name) => `Обещали перезвонить: ${name}, день монтажа`,
      { local: `${evening}T18:00` },
      'anna',
    );
    waits(
      96,
      'call.promise',
      (name) => `Обещали прислать расчёт: ${name}`,
      { local: `${next}T12:00` },
      'maxim',
    );
    for (const [i, title] of REQUESTS.slice(0, 2).entries())
      waits(
        35 + i * 64,
        'customer.request',
        () => title,
        { local: ahead(next, i) },
        random.pick(['elena', 'pavel']),
      );
  }

  /** The company is alive at whatever hour it is looked at. */
  #lastMinutes(): void {
    const { now } = this;
    const isDay = now.hour >= 9 && now.hour < 20;
    for (const minutes of [9, 4, 2]) {
      const at = now.minus({ minutes, seconds: this.random.int(0, 50) });
      if (isDay && minutes !== 4) this.#person(at, dayKind(now.toISODate() as Day) === 'off');
      else this.#module(at);
    }
  }
}

/** Who talked about what: under what is open always, else now and then, and never before it happened. */
function discussed(
  scenes: readonly Scene[],
  orders: readonly Placed[],
  now: DateTime,
  random: Random,
): Said[] {
  const since = now.minus({ days: 40 });
  return scenes.flatMap((scene) => {
    const threads = THREADS[scene.type];
    if (!threads || scene.at < since) return [];
    if (scene.resolved && !random.chance(scene.at > now.minus({ days: 3 }) ? 0.4 : 0.2)) return [];
    let at = scene.at;
    return random.pick(threads).flatMap(([who, body]) => {
      at = at.plus({ minutes: random.int(3, 38), seconds: random.int(0, 59) });
      const by = who === 'manager' ? orders[scene.order ?? -1]?.manager : who;
      return by && at < now ? [{ scene, by, body, at }] : [];
    });
  });
}

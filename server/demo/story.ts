import type { EventCreateInput } from '@svodka/shared/contracts/event';
import type { ProjectStatus } from '@svodka/shared/contracts/orders';
import { translate } from '@svodka/shared/messages/catalogue';
import { DateTime } from 'luxon';
import type { Random } from './random.ts';

/** An order as its story sees it. */
export type Order = {
  projectId: string;
  counterpartyId: string;
  number: string;
  dealer: boolean;
  amountKop: number;
  items: number;
  /** When the customer first called. */
  start: DateTime;
};

/**
 * One thing that happened, or is planned, and the login of who wrote it (null: a connected module).
 * `resolved`: what it asks for, if it asks for anything, is done.
 */
export type Scene = { event: EventCreateInput; by: string | null; resolved: boolean };
export type Story = { scenes: Scene[]; status: ProjectStatus };

const rubles = (kop: number) => `${new Intl.NumberFormat('ru').format(Math.round(kop / 100))} ₽`;
const iso = (at: DateTime) => at.toUTC().toISO() ?? '';

/** The next moment of a working day, `days` working days later, between 9 and 18 o'clock. */
function later(at: DateTime, days: number, random: Random): DateTime {
  let next = at;
  for (let left = days; left > 0; ) {
    next = next.plus({ days: 1 });
    if (next.weekday <= 5) left--;
  }
  const moved = next.set({ hour: random.int(9, 17), minute: random.int(0, 59), second: random.int(0, 59) });
  return moved > at ? moved : at.plus({ minutes: random.int(5, 50) });
}

/**
 * The story of one order along the milestone chain, up to `now`: what has happened, and the next step as an open
 * event with a deadline. Every eighth order is late, so that there is something to see.
 */
export function storyOf(order: Order, now: DateTime, random: Random): Story {
  const scenes: Scene[] = [];
  let at = order.start;
  let status: ProjectStatus = 'request';
  const prepay = Math.round((order.amountKop * 0.7) / 100) * 100;
  const { number } = order;
  const crew = random.int(1, 5);
  const sheet = {
    openings: Array.from({ length: random.int(1, 5) }, (_, i) => {
      const width = random.int(70, 210) * 10;
      const height = random.int(90, 150) * 10;
      return {
        no: i + 1,
        room: random.pick(['кухня', 'зал', 'спальня', 'детская', 'балкон']),
        widthMm: [width, width - random.int(0, 4)] as [number, number],
        heightMm: [height, height + random.int(0, 4)] as [number, number],
        quarter: random.chance(0.5),
        sillDepthMm: random.int(20, 45) * 10,
      };
    }),
    floor: random.int(1, 17),
    lift: random.pick(['none', 'passenger', 'cargo']),
  };

  type Step = [
    days: number,
    type: EventCreateInput['type'],
    title: string,
    status: ProjectStatus,
    by: string | null,
    rest?: Partial<EventCreateInput>,
  ];
  const steps: Step[] = [
    [
      0,
      'customer.request',
      `Обращение: ${order.items} ${order.items === 1 ? 'изделие' : 'изделий'}`,
      'request',
      'elena',
    ],
    [0, 'order.registered', `Заказ № ${number} зарегистрирован`, 'request', 'pavel'],
    [1, 'measure.scheduled', 'Замер назначен', 'measure', random.pick(['ilya', 'kirill'])],
    [
      1,
      'measure.sheet',
      `Замерный лист: ${translate('ru', 'form.openings', { count: sheet.openings.length })}`,
      'calculation',
      random.pick(['ilya', 'kirill']),
      { payload: sheet },
    ],
    [
      1,
      'quote.sent',
      `КП на ${rubles(order.amountKop)}`,
      'contract',
      'elena',
      { payload: { amountKop: order.amountKop } },
    ],
    [
      2,
      'contract.signed',
      `Договор на ${rubles(order.amountKop)} подписан`,
      'prepayment',
      'pavel',
      { payload: { amountKop: order.amountKop, docNo: `Д-${number}` } },
    ],
    [
      2,
      'payment.prepaid',
      `Предоплата 70 % — ${rubles(prepay)}`,
      'supply',
      random.pick(['irina', 'sergey']),
      { importance: 'high', payload: { amountKop: prepay, method: 'bank', percentOfContract: 70 } },
    ],
    [1, 'material.reserved', 'Материалы зарезервированы', 'supply', null, { importance: 'high' }],
    [1, 'production.launched', 'Запуск в производство', 'production', null, { importance: 'high' }],
    [
      5,
      'item.arrived',
      `На склад поступило ${order.items} из ${order.items}`,
      'ready',
      null,
      { payload: { count: order.items, ready: order.items, total: order.items } },
    ],
    [1, 'items.complete', 'Заказ укомплектован', 'ready', null, { importance: 'high' }],
    [
      0,
      'crew.assigned',
      `Бригада ${crew} назначена`,
      'shipment',
      'nina',
      { payload: { crew: `Бригада ${crew}` } },
    ],
    [1, 'shipment.out', 'Отгружено на объект', 'installation', null],
    ...(order.dealer
      ? []
      : ([
          [1, 'install.done', 'Монтаж выполнен', 'act', 'nina'],
          [0, 'act.signed', 'Акт подписан', 'act', random.pick(['vera', 'denis', 'olga', 'timur'])],
        ] as Step[])),
    [
      3,
      'payment.final',
      `Окончательная оплата — ${rubles(order.amountKop - prepay)}`,
      'closed',
      random.pick(['irina', 'sergey']),
      { payload: { amountKop: order.amountKop - prepay, method: 'bank' } },
    ],
  ];

  const add = (
    event: Partial<EventCreateInput> & Pick<EventCreateInput, 'type' | 'title'>,
    by: string | null,
    when: DateTime,
    resolved: boolean,
  ) =>
    scenes.push({
      by,
      resolved,
      event: {
        projectId: order.projectId,
        counterpartyIds: [order.counterpartyId],
        occurredAt: iso(when),
        ...event,
      },
    });

  for (const [days, type, title, next, by, rest] of steps) {
    const slow = random.chance(0.12) ? random.int(2, 6) : 0;
    const due = later(at, days + 1, random);
    at = later(at, days + slow, random);
    if (at > now) {
      // The next step is what the desk waits for: an open task with its deadline.
      const written = DateTime.max(
        order.start,
        DateTime.min(
          now.minus({ hours: random.int(2, 30), minutes: random.int(0, 59) }),
          due.minus({ days: 1 }),
        ),
      );
      add(
        {
          type: 'note.free',
          title: `Ожидается: ${/^КП/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1)}`,
          importance: slow > 0 ? 'critical' : 'normal',
          due: { local: due.toFormat("yyyy-MM-dd'T'HH:mm") },
        },
        'nina',
        written,
        false,
      );
      break;
    }
    status = next;
    add({ type, title, ...rest }, by, at, true);
    if (random.chance(0.16)) addAside(add, at, random, number);
  }
  return { scenes: scenes.filter(({ event }) => (event.occurredAt ?? '') <= iso(now)), status };
}

/** Calls, shortages and particulars that accompany an order. */
function addAside(
  add: (
    e: Partial<EventCreateInput> & Pick<EventCreateInput, 'type' | 'title'>,
    by: string | null,
    at: DateTime,
    resolved: boolean,
  ) => void,
  at: DateTime,
  random: Random,
  number: string,
): void {
  const when = at.plus({ minutes: random.int(10, 240) });
  const phone = `+7916${String(random.int(0, 9_999_999)).padStart(7, '0')}`;
  const asides = [
    () =>
      add(
        {
          type: 'call.missed',
          title: `Пропущенный звонок ${phone}`,
          importance: 'high',
          payload: { from: phone },
        },
        null,
        when,
        random.chance(0.8),
      ),
    () =>
      add(
        {
          type: 'call.in',
          title: `Звонок по заказу № ${number}: уточнить дату монтажа`,
          payload: { from: phone, durationMs: random.int(30, 600) * 1000, topic: 'дата монтажа' },
        },
        'anna',
        when,
        true,
      ),
    () =>
      add(
        { type: 'customer.preference', title: 'Особенность: звонить только после 18:00' },
        'elena',
        when,
        true,
      ),
    () =>
      add(
        {
          type: 'material.shortage',
          title: 'Дефицит: профиль 58 мм',
          importance: 'high',
          payload: { material: 'профиль 58 мм', quantity: `${random.int(3, 30)} м` },
        },
        null,
        when,
        random.chance(0.9),
      ),
    () =>
      add(
        {
          type: 'measure.specifics',
          title: 'Специфика: завал откоса 8 мм',
          payload: { floor: random.int(1, 17), lift: 'cargo' },
        },
        'ilya',
        when,
        true,
      ),
    () =>
      add(
        { type: 'complaint.opened', title: 'Рекламация: царапина на створке', importance: 'critical' },
        'maxim',
        when,
        random.chance(0.85),
      ),
    () =>
      add(
        {
          type: 'call.promise',
          title: 'Обещали перезвонить по сроку монтажа',
          importance: 'high',
          payload: { promise: 'перезвонить до конца дня' },
        },
        'anna',
        when,
        random.chance(0.9),
      ),
  ];
  random.pick(asides)();
}

import type { Due, Importance } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { asks, type EventType } from '@svodka/shared/contracts/modules';
import {
  MILESTONE_CODES,
  type MilestoneCode,
  type OrderTemplate,
} from '@svodka/shared/contracts/order-codes';
import type { Payload } from '@svodka/shared/contracts/payload';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import { type Day, workingDaysBetween } from '@svodka/shared/rules/orders/working-days';
import { DateTime } from 'luxon';
import { ahead, moment, workdaysBack, ZONE } from './days.ts';
import type { Random } from './random.ts';
import { DEFECTS, DELAYS, FAILURES, MATERIALS, ROOMS, SPECIFICS } from './words.ts';

/** One thing that happened. `by`: a login; null: a connected module. Orders and counterparties by their place. */
export type Scene = {
  at: DateTime;
  type: EventType;
  title: string;
  body: string;
  importance: Importance;
  by: string | null;
  order: number | null;
  parties: number[];
  payload: Payload;
  due: Due | null;
  /** What it asks for is done. */
  resolved: boolean;
};

/** What keeps an order from its day. */
export type Trouble =
  | 'shortage'
  | 'delayed'
  | 'defect'
  | 'unpaid'
  | 'failed'
  | 'debt'
  | 'redo'
  | 'paused'
  | 'cancelled';

export type Order = {
  index: number;
  number: string;
  party: number;
  manager: string;
  template: OrderTemplate;
  /** Null: nothing is paid for it. */
  amountKop: number | null;
  items: number;
  what: string;
  phone: string;
  crew: string;
  /** The day of the contract; of a complaint the day on which it came. */
  from: Day;
  /** `past`: one that was in the way and is over. */
  trouble: { kind: Trouble; which: number; isCritical: boolean } | null;
  hadDelay: boolean;
  /** More was paid than agreed: noticed and returned, or not noticed yet; the contract was amended and the card was not. */
  oddity: 'refund' | 'overpaid' | 'amended' | null;
};

const FINANCE = ['irina', 'sergey'] as const;
const MEASURERS = ['ilya', 'kirill'] as const;

export const roubles = (kop: number): string =>
  `${new Intl.NumberFormat('ru').format(Math.round(kop / 100))} ₽`;

export function plural(n: number, one: string, few: string, many: string): string {
  const kind = new Intl.PluralRules('ru').select(n);
  return `${n} ${kind === 'one' ? one : kind === 'few' ? few : many}`;
}
const pieces = (n: number) => plural(n, 'изделие', 'изделия', 'изделий');
export const dayMonth = (day: Day): string =>
  DateTime.fromISO(day, { locale: 'ru' }).toLocaleString({ day: 'numeric', month: 'long' });

const lagsKnown = new Map<OrderTemplate, Map<MilestoneCode, number>>();

/** How many working days after the contract a template plans each milestone. */
function lagsOf(template: OrderTemplate): Map<MilestoneCode, number> {
  const known = lagsKnown.get(template);
  if (known) return known;
  const signed = new Date('2025-09-01T09:00:00Z');
  const chain = chainOf({
    template,
    zone: ZONE,
    createdAt: signed,
    amountKop: null,
    now: signed,
    events: [
      {
        id: newId(),
        version: 1,
        type: template === 'complaint' ? 'complaint.opened' : 'contract.signed',
        occurredAt: signed,
        dueAt: null,
        status: 'recorded',
        resolved: null,
        deletedAt: null,
        payload: {},
      },
    ],
  });
  const lags = new Map(
    chain.milestones.flatMap(({ code, plannedOn }) =>
      plannedOn === null ? [] : [[code, workingDaysBetween('2025-09-01', plannedOn)] as const],
    ),
  );
  lagsKnown.set(template, lags);
  return lags;
}

/** The days on which an order's milestones were or will be reached if nothing comes in between. */
function daysOf({ template, from, hadDelay, trouble }: Order, random: Random): Map<MilestoneCode, Day> {
  const lags = lagsOf(template);
  const late = hadDelay ? random.int(2, 3) : 0;
  const offsets = new Map<MilestoneCode, number>();
  let last = 0;
  for (const code of MILESTONE_CODES) {
    const lag = lags.get(code);
    if (lag === undefined || code === 'measure' || code === 'contract') continue;
    const slow = ['ready', 'ship', 'install', 'act', 'payment'].includes(code) ? late : 0;
    // What is done before its day leaves room; a troubled order stands where its trouble began.
    const early =
      trouble || code === 'install' || code === 'act' ? 0 : random.int(0, code === 'ready' ? 2 : 1);
    const offset = Math.max(last, lag - early + slow);
    offsets.set(code, offset);
    last = code === 'reserve' ? Math.max(last, offset) : offset;
  }
  return new Map([...offsets].map(([code, offset]) => [code, ahead(from, offset)]));
}

/** Tells the story of one order up to now. */
export class Teller {
  readonly scenes: Scene[] = [];
  #last: DateTime | null = null;
  /** What comes after something that is still to come is still to come. */
  #isUpToDate = false;

  constructor(
    readonly order: Order,
    readonly now: DateTime,
    readonly random: Random,
  ) {}

  /** On a day, after what was told before, and not at all if that is still to come. */
  tell(
    day: Day,
    type: EventType,
    title: string,
    rest: Partial<Omit<Scene, 'type' | 'title' | 'at'>> & { hours?: readonly [number, number] } = {},
  ): boolean {
    const { hours, ...said } = rest;
    const by = said.by ?? null;
    const drawn = moment(day, this.random, hours ?? (by === null ? [8, 20] : [9, 18]));
    const at =
      this.#last && drawn <= this.#last ? this.#last.plus({ minutes: this.random.int(4, 25) }) : drawn;
    this.#isUpToDate ||= at > this.now;
    if (this.#isUpToDate) return false;
    this.#last = at;
    this.scenes.push({
      at,
      type,
      title,
      body: '',
      importance: 'normal',
      by,
      order: this.order.index,
      parties: [this.order.party],
      payload: {},
      due: null,
      resolved: !asks(type) || (said.resolved ?? true),
      ...said,
    });
    return true;
  }
}

/** A sheet as measurers fill it in. */
function sheetOf(random: Random, openings: number): Payload {
  return {
    openings: Array.from({ length: openings }, (_, i) => {
      const [width, height] = [random.int(70, 210) * 10, random.int(90, 150) * 10];
      return {
        no: i + 1,
        room: ROOMS[(i + random.int(0, 2)) % ROOMS.length],
        widthMm: [width, width - random.int(0, 4)],
        heightMm: [height, height + random.int(0, 4)],
        quarter: random.chance(0.5),
        sillDepthMm: random.int(20, 45) * 10,
      };
    }),
    floor: random.int(1, 17),
    lift: random.pick(['none', 'passenger', 'cargo']),
  };
}

/** From the first call to the contract. False: it has not come so far. */
function begin(teller: Teller): boolean {
  const { order, random, now } = teller;
  const { template, from, number, amountKop, what, trouble } = order;
  const kop = amountKop ?? 0;
  const isMeasured = template === 'private' || template === 'facade';
  // Whoever measures twice has lost the days of the contract.
  const start = isMeasured ? workdaysBack(from, trouble?.kind === 'redo' ? 4 : 2) : from;
  // Customers think it over before the work on their order begins; the newest have just called.
  const today = now.toISODate() as Day;
  const isNew = from >= workdaysBack(today, 0);
  const request = workdaysBack(start, isNew ? (start >= today ? 1 : 0) : random.int(0, 4));
  const registered = isNew ? request : start;
  teller.tell(request, 'customer.request', `Обращение: ${what}`, { by: 'elena', hours: [9, 12] });
  teller.tell(registered, 'order.registered', `Заказ № ${number} зарегистрирован`, {
    by: 'pavel',
    hours: [9, 11],
  });
  if (isMeasured) {
    const measurer = random.pick(MEASURERS);
    teller.tell(registered, 'measure.scheduled', `Замер назначен на ${dayMonth(start)}`, {
      by: 'elena',
      payload: { startOn: start },
      hours: [10, 11.5],
    });
    const openings = Math.min(order.items, 6);
    const sheet = `Замерный лист: ${plural(openings, 'проём', 'проёма', 'проёмов')}`;
    teller.tell(start, 'measure.sheet', sheet, {
      by: measurer,
      payload: sheetOf(random, openings),
      hours: [12, 16],
    });
    if (random.chance(0.3))
      teller.tell(start, 'measure.specifics', random.pick(SPECIFICS), {
        by: measurer,
        payload: { floor: random.int(1, 17), lift: random.pick(['none', 'cargo']) },
        hours: [12, 17],
      });
    if (trouble?.kind === 'redo') {
      teller.tell(ahead(start, 1), 'measure.redo', 'Повторный замер: расширили проём', {
        by: measurer,
        importance: 'high',
        resolved: false,
        due: { local: ahead(now.toISODate() as Day, 1) },
      });
      return false;
    }
    teller.tell(ahead(start, 1), 'order.calculated', `Рассчитан: ${roubles(kop)}`, {
      payload: { amountKop: kop, areaM2: order.items * 2 },
    });
    teller.tell(ahead(start, 1), 'quote.sent', `КП на ${roubles(kop)} отправлено`, {
      by: 'elena',
      payload: { amountKop: kop },
    });
  } else
    teller.tell(from, 'order.calculated', `Рассчитан: ${roubles(kop)}`, {
      payload: { amountKop: kop, areaM2: order.items * 2 },
      hours: [9, 11],
    });
  if (trouble?.kind === 'cancelled') {
    teller.tell(from, 'order.cancelled', 'Отказ: заказчик нашёл дешевле', { by: 'elena', hours: [15, 18] });
    return false;
  }
  return teller.tell(from, 'contract.signed', `Договор на ${roubles(kop)} подписан`, {
    by: 'pavel',
    payload: { amountKop: kop, docNo: `Д-${number}` },
    hours: isMeasured ? [9, 17] : [11, 17],
  });
}

/** The story of an order made at once. */
export function storyOf(order: Order, now: DateTime, random: Random): Scene[] {
  const teller = new Teller(order, now, random);
  if (order.template === 'facade') facade(teller);
  else if (order.template === 'complaint') remade(teller);
  else if (begin(teller)) make(teller);
  return teller.scenes;
}

function make(teller: Teller): void {
  const { order, random, now } = teller;
  const { number, items, crew, from, trouble, oddity } = order;
  const kop = order.amountKop ?? 0;
  const prepay = Math.round((kop * 0.7) / 100) * 100;
  const days = daysOf(order, random);
  const on = (code: MilestoneCode) => days.get(code) as Day;
  const today = now.toISODate() as Day;
  const soon = (days: number): Due => ({ local: ahead(today, days) });
  const weight: Importance = trouble?.isCritical ? 'critical' : 'high';
  const isDealer = order.template === 'dealer';
  const invoice = { payload: { amountKop: prepay, docNo: `С-${number}` }, by: 'irina' };
  teller.tell(from, 'invoice.issued', `Счёт на предоплату ${roubles(prepay)}`, invoice);
  if (!isDealer)
    teller.tell(
      ahead(from, 1),
      'install.confirmed',
      `Монтаж обещан заказчику на ${dayMonth(on('install'))}`,
      {
        by: 'nina',
        payload: { startOn: order.hadDelay ? workdaysBack(on('install'), 2) : on('install') },
      },
    );
  if (oddity === 'amended')
    teller.tell(
      ahead(from, 1),
      'contract.amended',
      `Доп. соглашение: москитные сетки, теперь ${roubles(kop + 840_000)}`,
      {
        by: 'pavel',
        payload: { amountKop: kop + 840_000, docNo: `Д-${number}/1` },
      },
    );
  if (trouble?.kind === 'unpaid') {
    teller.tell(ahead(from, 4), 'payment.overdue', `Предоплата не поступила: ${roubles(prepay)}`, {
      by: 'irina',
      importance: weight,
      resolved: false,
      payload: { amountKop: prepay },
      due: { local: workdaysBack(today, 1) },
    });
    teller.tell(ahead(from, 5), 'call.out', 'Позвонили: обещают оплатить на неделе', {
      by: 'maxim',
      payload: { to: order.phone, durationMs: 94_000, topic: 'предоплата' },
    });
    return;
  }
  teller.tell(on('prepay'), 'payment.prepaid', `Предоплата 70 % — ${roubles(prepay)}`, {
    by: random.pick(FINANCE),
    payload: { amountKop: prepay, method: random.pick(['bank', 'bank', 'card']), percentOfContract: 70 },
  });
  if (trouble?.kind === 'paused') {
    teller.tell(ahead(on('prepay'), 1), 'order.paused', 'Пауза: заказчик переносит ремонт на месяц', {
      by: 'elena',
    });
    return;
  }
  const [material = '', quantity = ''] = MATERIALS[(trouble?.which ?? order.index) % MATERIALS.length] ?? [];
  if (trouble?.kind === 'shortage') {
    teller.tell(on('reserve'), 'material.shortage', `Дефицит: ${material}, ${quantity}`, {
      importance: weight,
      resolved: false,
      payload: { material, quantity },
      due: soon(2 + trouble.which),
    });
    return;
  }
  if (order.hadDelay && random.chance(0.5)) {
    teller.tell(on('prepay'), 'material.shortage', `Дефицит: ${material}, ${quantity}`, {
      payload: { material, quantity },
    });
    teller.tell(on('reserve'), 'material.received', `Поступило: ${material}, ${quantity}`, {});
  }
  teller.tell(
    on('reserve'),
    'material.reserved',
    `Материалы зарезервированы: ${plural(items * 4, 'позиция', 'позиции', 'позиций')}`,
  );
  teller.tell(on('launch'), 'production.launched', `Запуск в производство: ${pieces(items)}`, {
    payload: { total: items },
    hours: [7, 12],
  });
  if (!isDealer)
    teller.tell(ahead(on('launch'), 2), 'crew.assigned', `${crew} назначена на ${dayMonth(on('install'))}`, {
      by: 'nina',
      payload: { crew, startOn: on('install'), finishOn: on('install') },
    });
  const half = Math.max(1, Math.floor(items / 2));
  if (trouble?.kind === 'delayed') {
    const reason = DELAYS[trouble.which % DELAYS.length] as string;
    teller.tell(ahead(on('launch'), 4), 'production.delayed', `Задержка: ${reason}`, {
      importance: weight,
      resolved: false,
      payload: { reason },
      due: soon(4 + trouble.which),
    });
    return;
  }
  teller.tell(ahead(on('launch'), 3), 'production.progress', `В цехе готово ${half} из ${items}`, {
    payload: { ready: half, total: items },
  });
  const first = workdaysBack(on('ready'), items > 2 ? 1 : 0);
  if (items > 1)
    teller.tell(first, 'item.arrived', `На СГП ${pieces(items - 1)}, всего ${items - 1} из ${items}`, {
      payload: { count: items - 1, ready: items - 1, total: items },
    });
  if (trouble?.kind === 'defect') {
    const reason = DEFECTS[trouble.which % DEFECTS.length] as string;
    teller.tell(on('ready'), 'item.defect', `Брак: ${reason}`, {
      by: 'maxim',
      importance: weight,
      resolved: false,
      payload: { count: 1, reason },
      due: soon(3),
    });
    return;
  }
  teller.tell(on('ready'), 'item.arrived', `На СГП ${pieces(1)}, всего ${items} из ${items}`, {
    payload: { count: 1, ready: items, total: items },
  });
  teller.tell(on('ready'), 'items.complete', `Заказ укомплектован: ${items} из ${items}`, {
    payload: { ready: items, total: items },
  });
  teller.tell(on('ship'), 'waybill.included', `Включён в накладную ТН-${number}`, {
    payload: { docNo: `ТН-${number}` },
    hours: [8, 11],
  });
  teller.tell(on('ship'), 'shipment.out', isDealer ? 'Отгружено дилеру' : 'Отгружено на объект', {
    hours: [11, 18],
  });
  if (!isDealer) {
    teller.tell(on('install'), 'install.started', `${crew} приступила к монтажу`, {
      by: 'nina',
      payload: { crew },
      hours: [9, 10],
    });
    if (trouble?.kind === 'failed') {
      const reason = FAILURES[trouble.which % FAILURES.length] as string;
      teller.tell(on('install'), 'install.failed', `Монтаж сорван: ${reason}`, {
        by: 'anna',
        importance: weight,
        resolved: false,
        payload: { reason },
        due: soon(1 + trouble.which),
      });
      return;
    }
    if (
      !teller.tell(on('install'), 'install.done', 'Монтаж выполнен', {
        by: 'nina',
        payload: { crew },
        hours: [12, 17],
      })
    )
      return;
    teller.tell(on('act'), 'act.signed', 'Акт подписан', { by: order.manager, hours: [15, 18] });
  }
  if (trouble?.kind === 'debt') {
    teller.tell(ahead(on('act'), 4), 'payment.overdue', `Долг ${roubles(kop - prepay)}: срок оплаты прошёл`, {
      by: 'sergey',
      importance: weight,
      resolved: false,
      payload: { amountKop: kop - prepay },
      due: { local: workdaysBack(today, 2) },
    });
    return;
  }
  const over = oddity === 'refund' || oddity === 'overpaid' ? 500_000 : 0;
  const rest = kop - prepay + over;
  teller.tell(on('payment'), 'payment.final', `Окончательная оплата — ${roubles(rest)}`, {
    by: random.pick(FINANCE),
    payload: { amountKop: rest, method: random.pick(['bank', 'card', 'cash']) },
  });
  if (oddity === 'refund')
    teller.tell(ahead(on('payment'), 2), 'payment.refunded', `Возврат переплаты ${roubles(over)}`, {
      by: 'irina',
      payload: { amountKop: over },
    });
}

/** A façade in four stages, each of which is made, shipped and installed by itself. */
function facade(teller: Teller): void {
  const { order } = teller;
  const { from, items, crew } = order;
  const kop = order.amountKop ?? 0;
  if (!begin(teller)) return;
  const half = kop / 2;
  teller.tell(from, 'invoice.issued', `Счёт на аванс ${roubles(half)}`, {
    by: 'irina',
    payload: { amountKop: half },
  });
  const days = daysOf({ ...order, trouble: null, hadDelay: false }, teller.random);
  const on = (code: MilestoneCode) => days.get(code) as Day;
  teller.tell(ahead(from, 1), 'install.confirmed', `Окончание монтажа фасада — ${dayMonth(on('install'))}`, {
    by: 'nina',
    payload: { startOn: on('install') },
  });
  teller.tell(on('prepay'), 'payment.prepaid', `Аванс 50 % — ${roubles(half)}`, {
    by: 'sergey',
    payload: { amountKop: half, method: 'bank', percentOfContract: 50 },
  });
  teller.tell(on('reserve'), 'material.reserved', 'Профиль и стекло зарезервированы на все этапы');
  teller.tell(on('launch'), 'production.launched', 'Фасад запущен: четыре этапа', {
    payload: { total: items },
  });
  const total = Math.floor(items / STAGES);
  const ready = workingDaysBetween(on('launch'), on('ready'));
  const madeOn = (stage: number) => ahead(on('launch'), Math.round((ready * stage) / STAGES));
  const shipOn = (stage: number) => (stage === STAGES ? on('ship') : ahead(madeOn(stage), 1));
  const installOn = (stage: number) => (stage === STAGES ? on('install') : ahead(shipOn(stage), 3));
  for (let stage = 1; stage <= STAGES; stage++)
    teller.tell(on('launch'), 'stage.assigned', `Этап ${stage}: ${crew}, ${dayMonth(installOn(stage))}`, {
      by: 'nina',
      payload: { crew, startOn: installOn(stage), finishOn: installOn(stage), stage },
    });
  for (let stage = 1; stage <= STAGES; stage++) {
    const payload = { stage };
    teller.tell(madeOn(stage), 'items.complete', `Этап ${stage} готов: ${pieces(total)}`, {
      payload: { ready: total, total, stage },
    });
    const isOut = teller.tell(shipOn(stage), 'shipment.out', `Этап ${stage} отгружен на объект`, { payload });
    if (!isOut) return;
    const install = installOn(stage);
    if (
      !teller.tell(install, 'install.done', `Этап ${stage} смонтирован`, {
        by: 'nina',
        payload: { crew, stage },
      })
    )
      continue;
    teller.tell(install, 'act.signed', `Акт по этапу ${stage} подписан`, {
      by: order.manager,
      payload,
      hours: [16, 19],
    });
    if (stage > 1 && stage < STAGES) {
      const part = Math.round(kop / 1000) * 100;
      teller.tell(ahead(install, 1), 'payment.received', `Оплата этапа ${stage} — ${roubles(part)}`, {
        by: 'irina',
        payload: { amountKop: part, method: 'bank' },
      });
    }
  }
}
export const STAGES = 4;

/** What was made anew after a complaint. */
function remade(teller: Teller): void {
  const { order } = teller;
  const { from, crew } = order;
  const days = daysOf({ ...order, hadDelay: false, trouble: null }, teller.random);
  const on = (code: MilestoneCode) => days.get(code) as Day;
  const isOver = on('act') < (teller.now.toISODate() as Day);
  teller.tell(from, 'complaint.opened', `Рекламация: ${order.what}`, {
    by: 'maxim',
    resolved: isOver,
    hours: [9, 11],
    importance: 'high',
  });
  teller.tell(from, 'measure.done', 'Мастер осмотрел: створку делаем заново', {
    by: 'kirill',
    hours: [13, 17],
  });
  teller.tell(on('reserve'), 'material.reserved', 'Материалы на замену зарезервированы');
  teller.tell(on('launch'), 'production.launched', 'Замена в производстве');
  teller.tell(on('ready'), 'items.complete', 'Замена на складе: 1 из 1', { payload: { ready: 1, total: 1 } });
  teller.tell(on('ship'), 'shipment.out', 'Замена отправлена с бригадой');
  teller.tell(on('install'), 'install.done', `${crew} заменила створку`, {
    by: 'nina',
    payload: { crew },
    hours: [11, 14],
  });
  teller.tell(on('act'), 'act.signed', 'Заказчик принял замену', { by: order.manager, hours: [14, 17] });
  teller.tell(on('act'), 'complaint.closed', 'Рекламация закрыта', { by: 'maxim', hours: [17, 18] });
}

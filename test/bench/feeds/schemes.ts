// Who watches what. Each scheme says which feeds there are, who holds them, and which of them an event concerns: the
// index that somebody would write by hand who knew all filters beforehand. The products are measured against it.
import { newId } from '@svodka/shared/contracts/id';
import { moduleOf, WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';

/** Those that people write to. */
const MODULES = [...new Set(WRITTEN_TYPES.map(moduleOf))].slice(0, 10);
const TYPES = MODULES.map((module) => WRITTEN_TYPES.find((type) => moduleOf(type) === module) ?? 'note.free');
/** Orders that events name, in turn. */
export const ORDERS = 250;

const ring = <T>(list: readonly T[], from: number, n: number): T[] =>
  Array.from({ length: n }, (_, i) => list[(from + i) % list.length] as T);

export type Scheme = {
  title: string;
  sockets: number;
  /** The feeds that a socket holds. */
  feedsOf(socket: number): number[];
  filterOf(feed: number, orders: readonly string[]): ResolvedFilter;
  /** The feeds that event `i` is in. */
  concerned(i: number): number[];
  /** Messages that one event is to everybody together. */
  deliveries: number;
};

const module = (i: number) => i % MODULES.length;
const order = (i: number, of: number) => Math.floor(i / MODULES.length) % of;

/** 200 filters, two of ten modules by half of twenty orders: an event is in twenty of them. */
const filters = (sockets: number): Scheme => ({
  title: `200 filters, ${sockets} sockets`,
  sockets,
  feedsOf: (socket) => [socket % 200],
  filterOf: (feed, orders) => ({
    and: [
      { field: 'module', in: ring(MODULES, feed, 2) },
      { field: 'project', in: ring(orders.slice(0, 20), Math.floor(feed / 10), 10) },
    ],
  }),
  concerned: (i) =>
    [module(i), module(i + 9)].flatMap((m) =>
      Array.from({ length: 10 }, (_, k) => ((order(i, 20) + 20 - k) % 20) * 10 + m),
    ),
  deliveries: (20 * sockets) / 200,
});

const nobodys = {
  sockets: 200,
  filterOf: (feed: number): ResolvedFilter => ({ not: { field: 'project', in: [`none-${feed}`] } }),
  concerned: () => [],
  deliveries: 0,
};

export const SCHEMES: Record<string, Scheme> = {
  'filters-200': filters(200),
  'filters-1000': filters(1000),
  groups: {
    title: '50 filters of groups, 1000 sockets',
    sockets: 1000,
    feedsOf: (socket) => [socket % 50],
    filterOf: (feed, orders) => ({ field: 'project', in: [orders[feed] as string] }),
    concerned: (i) => [order(i, 50)],
    deliveries: 20,
  },
  all: {
    title: 'every event to all, 1000 sockets',
    sockets: 1000,
    feedsOf: () => [0],
    filterOf: () => ({ and: [] }),
    concerned: () => [0],
    deliveries: 1000,
  },
  /** For memory: a socket alone, and one with three feeds of its own. */
  bare: { ...nobodys, title: 'bare sockets', feedsOf: () => [] },
  three: { ...nobodys, title: 'three feeds each', feedsOf: (socket) => [0, 1, 2].map((n) => socket * 3 + n) },
  /** Forty sets of modules, of one to four, for each of 250 orders: an event is in ten, each on another socket. */
  many: {
    title: '10,000 filters, 200 sockets',
    sockets: 200,
    feedsOf: (socket) =>
      Array.from({ length: 50 }, (_, i) => Math.floor(socket / 5) * ORDERS + i * 5 + (socket % 5)),
    filterOf: (feed, orders) => {
      const set = Math.floor(feed / ORDERS);
      return {
        and: [
          { field: 'project', in: [orders[feed % ORDERS] as string] },
          { field: 'module', in: ring(MODULES, set, 1 + Math.floor(set / 10)) },
        ],
      };
    },
    concerned: (i) =>
      [1, 2, 3, 4].flatMap((n) =>
        Array.from({ length: n }, (_, k) => ((n - 1) * 10 + module(i + 10 - k)) * ORDERS + order(i, ORDERS)),
      ),
    deliveries: 10,
  },
};

const BODY =
  'Текст обычной длины, как его пишут в отделе: что случилось, кто звонил, что обещали и до какого времени. ';

/** Event `i`, about 600 bytes; of importance there is one only, because one person may not ring phones all day. */
export function draft(i: number, orders: readonly string[], of = 20) {
  return {
    id: newId(),
    type: TYPES[module(i)] ?? 'note.free',
    title: `Проверка скорости, заказ № ${300 + (i % 50)}`,
    body: BODY.repeat(3),
    payload: MODULES[module(i)] === 'finance' ? { amountKop: 18_430_000, method: 'bank' } : {},
    projectId: orders[order(i, of)] ?? null,
  };
}
export type Draft = ReturnType<typeof draft>;

/** From how many orders the events of a scheme are. */
export const ordersOf = (name: string): number => ({ groups: 50, many: ORDERS })[name] ?? 20;

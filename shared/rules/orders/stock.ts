// Goods and materials of an order as its facts have them: what has come, what of it is defective or gone, which papers
// it stands in, and which material is short. Each figure knows the events that it is made of.
import type { Id } from '../../contracts/id.ts';
import type { GoodsFigure, MaterialLine, OrderGoods, OrderItem, Waybill } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';
import { GOODS_TYPES, HELD_BY, REACHED_BY } from './fills.ts';
import { allGoodsOf, count, goodsOf } from './goods.ts';
import { heldNow } from './reached.ts';
import { stageOf, stagesOf } from './stages.ts';

const word = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
/** What an event tells; what lay behind an order names no goods and no papers. */
const isTold = (fact: Fact): fact is Told => fact.id !== null;
type Told = Fact & { id: Id };
const ids = (facts: readonly Fact[]): Id[] => facts.flatMap(({ id }) => id ?? []);
const DEFECT_ENDED_BY = HELD_BY['item.defect']?.endedBy ?? [];

/** Goods and materials of an order. */
export function stockOf(facts: readonly Fact[]): OrderGoods {
  const of = (...types: Fact['type'][]) => facts.filter(isTold).filter(({ type }) => types.includes(type));
  const goods = allGoodsOf(facts);
  return {
    total: goods.total,
    arrived: { n: goods.done, eventIds: ids(facts.filter(({ type }) => GOODS_TYPES.includes(type))) },
    defective: defectiveOf(facts),
    shipped: shippedOf(facts, goods.total),
    completeOn: goods.by?.on ?? null,
    items: itemsOf(facts.filter(isTold)),
    waybills: of('waybill.included', 'material.received', 'shipment.out').flatMap((fact): Waybill[] => {
      const docNo = word(fact.payload.docNo);
      // To be included in a waybill is news by itself; goods and material come and go without a paper's number.
      if (!docNo && fact.type !== 'waybill.included') return [];
      const kind = fact.type === 'shipment.out' ? 'shipment' : 'material';
      return [{ docNo, kind, on: fact.on, eventId: fact.id }];
    }),
    reserve: reserveOf(facts),
    materials: materialsOf(facts.filter(isTold)),
  };
}

/** Defects that nobody has mended: not resolved, and no goods have come since. */
function defectiveOf(facts: readonly Fact[]): GoodsFigure {
  const ended = facts.findLastIndex(({ type }) => DEFECT_ENDED_BY.includes(type));
  const open = facts.slice(ended + 1).filter(({ type, isResolved }) => type === 'item.defect' && !isResolved);
  return { n: open.reduce((sum, { payload }) => sum + (count(payload.count) ?? 1), 0), eventIds: ids(open) };
}

/** A shipment that does not say how many takes what of its stage has come and not gone. */
function shippedOf(facts: readonly Fact[], total: number | null): GoodsFigure {
  const shipments = facts.filter(({ type }) => type === 'shipment.out');
  let shipped = 0;
  for (let stage = 1; stage <= stagesOf(facts); stage++) {
    let gone = 0;
    for (const [i, fact] of facts.entries()) {
      if (fact.type !== 'shipment.out' || stageOf(fact) !== stage) continue;
      const before = facts.slice(0, i + 1).filter((each) => stageOf(each) === stage);
      const there = goodsOf(before);
      gone += count(fact.payload.count) ?? Math.max(0, Math.max(there.done, there.total ?? 0) - gone);
    }
    shipped += gone;
  }
  return { n: total === null ? shipped : Math.min(shipped, total), eventIds: ids(shipments) };
}

const ITEM_STATES: Partial<Record<Fact['type'], OrderItem['state']>> = {
  'item.arrived': 'arrived',
  'items.complete': 'arrived',
  'item.defect': 'defective',
  'shipment.prepared': 'prepared',
  'shipment.out': 'shipped',
};

/** Of goods that events name one by one: what the latest says. */
function itemsOf(facts: readonly Told[]): OrderItem[] {
  const items = new Map<string, OrderItem>();
  for (const { id: eventId, type, itemIds } of facts) {
    const state = ITEM_STATES[type];
    if (state) for (const item of itemIds) items.set(item, { item, state, eventId });
  }
  return [...items.values()].sort((a, b) => a.item.localeCompare(b.item, 'ru', { numeric: true }));
}

/** As the milestone has it: what held the reservation up and is not over, else whether it was reached. */
function reserveOf(facts: readonly Fact[]): OrderGoods['reserve'] {
  const held = heldNow(facts, 'reserve')?.fact.type;
  if (held) return held === 'material.partial' ? 'partly' : 'shortage';
  return facts.some(({ type }) => REACHED_BY.reserve?.includes(type)) ? 'reserved' : 'none';
}

const MATERIAL_STATES: Partial<Record<Fact['type'], MaterialLine['state']>> = {
  'material.reserved': 'reserved',
  'material.partial': 'partly',
  'material.shortage': 'shortage',
  'material.received': 'received',
};

/** Each material by the latest that names it. What names none speaks of all that was spoken of before. */
function materialsOf(facts: readonly Told[]): MaterialLine[] {
  const lines = new Map<string, MaterialLine>();
  for (const { id: eventId, type, on, payload, isResolved } of facts) {
    const told = MATERIAL_STATES[type];
    if (!told) continue;
    const material = word(payload.material);
    const isMissing = told === 'shortage' || told === 'partly';
    const state = isMissing && isResolved ? 'received' : told;
    if (!material && !isMissing) {
      for (const [key, line] of lines) lines.set(key, { ...line, state, on, eventId });
      continue;
    }
    const key = material.toLocaleLowerCase('ru');
    const quantity = word(payload.quantity) || (lines.get(key)?.quantity ?? '');
    lines.set(key, { material, quantity, state, on, eventId });
  }
  return [...lines.values()];
}

/**
 * The same as one reader may know it: how many is what an order's line says; names of materials and papers are words of
 * an event, and its id is for who may read it.
 */
export function stockFor(goods: OrderGoods, readable: ReadonlySet<Id>): OrderGoods {
  const figure = ({ n, eventIds }: GoodsFigure): GoodsFigure => ({
    n,
    eventIds: eventIds.filter((id) => readable.has(id)),
  });
  const isReadable = ({ eventId }: { eventId: Id }) => readable.has(eventId);
  return {
    ...goods,
    arrived: figure(goods.arrived),
    defective: figure(goods.defective),
    shipped: figure(goods.shipped),
    items: goods.items.filter(isReadable),
    waybills: goods.waybills.filter(isReadable),
    materials: goods.materials.filter(isReadable),
  };
}

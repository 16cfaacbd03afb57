// What a table says of orders that were here before it, and what stays as it is here: the first word of a row makes no
// event and changes no card, so whoever takes the table must see where the two differ.
import { TABLE_LIMITS, type TableAnswer } from '@svodka/shared/contracts/tables';
import type { Cell, Dump, Row, TableChange } from '@svodka/shared/rules/tables/diff';
import type { ComparedOrder } from '../../orders/projects/projects.repository.ts';
import type { Stranger } from '../people.service.ts';

type Kept = TableAnswer['kept'];
type Field = Kept['items'][number]['field'];
const MOST_PEOPLE = 50;

/** @param orders those that are here, by number */
export function keptOf(
  rows: ReadonlyMap<string, Row>,
  before: Dump | null,
  orders: ReadonlyMap<string, ComparedOrder>,
): Kept {
  const counts: Kept['counts'] = { amount: 0, paid: 0, address: 0 };
  const items: Kept['items'] = [];
  for (const [key, row] of rows) {
    const order = before?.has(key) ? undefined : orders.get(key);
    if (!order) continue;
    const here: Record<Field, Cell | undefined> = {
      amount: order.amountKop,
      // Of a row that comes later what is paid becomes an event.
      paid: before ? undefined : (order.line.money?.paidKop ?? 0),
      address: order.objectAddress,
    };
    for (const field of ['amount', 'paid', 'address'] as const) {
      const [own, said] = [here[field], row[field]];
      if (isNothing(own) || isNothing(said) || own === said) continue;
      counts[field]++;
      if (items.length < TABLE_LIMITS.shown) items.push({ key, field, here: own, table: said });
    }
  }
  return { counts, items };
}

const isNothing = (cell: Cell | undefined): cell is null | undefined | '' | true =>
  cell === null || cell === undefined || cell === '' || cell === true;

/** The managers whom rows name for the first time, each with how many rows do. */
export function managersIn(
  rows: ReadonlyMap<string, Row>,
  before: Dump | null,
  changes: readonly TableChange[],
): Map<string, number> {
  const named = new Map<string, number>();
  const isNews = new Set(changes.flatMap(({ key, fields }) => (fields.includes('manager') ? [key] : [])));
  for (const [key, { manager }] of rows)
    if (typeof manager === 'string' && manager !== '' && (!before?.has(key) || isNews.has(key)))
      named.set(manager, (named.get(manager) ?? 0) + 1);
  return named;
}

export function strangersAmong(
  named: ReadonlyMap<string, number>,
  whyNot: (name: string) => Stranger | null,
): TableAnswer['people'] {
  return [...named]
    .flatMap(([name, rows]) => {
      const why = whyNot(name);
      return why ? [{ name, rows, why }] : [];
    })
    .slice(0, MOST_PEOPLE);
}

import type { TableMapping } from '@svodka/shared/contracts/tables';
import { guessTable } from '@svodka/shared/rules/tables/guess';

/** Columns by which the orders of ПрофСтрой 4 are known. */
const LISTPRJ = ['ZNUMB', 'MSUMM'];
/** Fewer columns that are known are no table of a known kind. */
const FEWEST = 3;

/** How the columns of a file may be meant, and by which kind of table that is known. */
export function guessMapping(
  columns: readonly string[],
  zone: string,
): { mapping: TableMapping; preset: string | null } {
  const { score, ...guess } = guessTable(columns);
  const isListprj = LISTPRJ.every((name) => columns.some((column) => column.toUpperCase() === name));
  const preset = isListprj ? 'listprj' : guess.kind === 'orders' ? 'orders' : 'clients';
  return { preset: isListprj || score >= FEWEST ? preset : null, mapping: { ...guess, zone, statuses: {} } };
}

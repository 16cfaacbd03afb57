import type { TableRow } from './rows.ts';

/** The first rows of a table, and others from all over it. */
const [FIRST_ROWS, MOST_ROWS] = [50, 400];
/** So many samples are kept, and of those none that is larger: their files are being looked at. */
const [MOST_KEPT, MOST_CHARACTERS] = [4, 2 * 1024 * 1024];

/** The first rows, and others at distances that grow with the table. */
export async function sampleOf(table: AsyncIterable<TableRow>): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  let [at, step] = [0, 1];
  for await (const row of table) {
    if (at++ >= FIRST_ROWS && at % step > 0) continue;
    rows.push(row);
    if (rows.length < MOST_ROWS) continue;
    step *= 2;
    rows.splice(FIRST_ROWS, rows.length, ...rows.slice(FIRST_ROWS).filter((_, i) => i % 2 === 0));
  }
  // Cells are parts of the text that was read, which would stay as long as they do.
  return structuredClone(rows);
}

/** Samples of the tables that were asked for last: a whole file is read for one, and each changed mapping asks again. */
export class Samples {
  readonly #kept = new Map<string, Promise<TableRow[]>>();

  async of(name: string, table: () => AsyncIterable<TableRow>): Promise<TableRow[]> {
    const sample = this.#kept.get(name) ?? sampleOf(table());
    this.#kept.delete(name);
    this.#kept.set(name, sample);
    const [oldest = ''] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    const forget = () => this.#kept.get(name) === sample && this.#kept.delete(name);
    try {
      const rows = await sample;
      if (sizeOf(rows) > MOST_CHARACTERS) forget();
      return rows;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

const sizeOf = (rows: readonly TableRow[]): number =>
  rows.reduce((sum, { values }) => values.reduce((size, value) => size + value.length, sum), 0);

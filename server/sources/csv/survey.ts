import type { ColumnSurvey } from '@svodka/shared/contracts/import';
import { parseAmount } from '@svodka/shared/rules/amount';
import { DateColumn, type DayMonth, readClock, readDateCell, type Wall } from '../reading/dates.ts';
import type { TableRow } from '../reading/rows.ts';
import { isValue, readNumber } from '../reading/values.ts';

/** Different words of a column that are remembered: a table of statuses or managers is shorter. */
const MOST_WORDS = 40;
const LONGEST_WORD = 60;
/** Values of a column that are compared with each other. */
const MOST_COMPARED = 200_000;

type Column = {
  dates: DateColumn;
  filled: number;
  clocks: number;
  numbers: number;
  phones: number;
  values: Set<string>;
  repeats: number;
  words: Map<string, number> | null;
};

const begun = (): Column => ({
  dates: new DateColumn(),
  filled: 0,
  clocks: 0,
  numbers: 0,
  phones: 0,
  values: new Set(),
  repeats: 0,
  words: new Map(),
});

/** What the columns of a table hold, by all of their values. */
export class TableSurvey {
  readonly #columns: Column[] = [];

  readonly see = (_columns: readonly string[], { values, fault }: TableRow): void => {
    if (fault) return;
    for (const [i, cell] of values.entries()) {
      const value = cell.trim();
      if (!value) continue;
      const column = this.#columns[i] ?? begun();
      this.#columns[i] = column;
      column.filled++;
      column.dates.add(value);
      if (/\d/.test(value) && value.length < 30) {
        if (readNumber(value) !== null || parseAmount(value) !== null) column.numbers++;
        if (value.includes(':') && readClock(value)) column.clocks++;
        if (/^\+?[\d\s()-]{10,18}$/.test(value) && isValue(value)) column.phones++;
      }
      if (column.values.has(value)) column.repeats++;
      else if (column.values.size < MOST_COMPARED) column.values.add(value);
      if (!column.words) continue;
      if (value.length > LONGEST_WORD || (column.words.size === MOST_WORDS && !column.words.has(value)))
        column.words = null;
      else column.words.set(value, (column.words.get(value) ?? 0) + 1);
    }
  };

  columns(names: readonly string[]): ColumnSurvey[] {
    return names.map((name, i) => {
      const column = this.#columns[i] ?? begun();
      const { filled, dates } = column;
      const most = (count: number) => filled > 0 && count >= filled * 0.8;
      const looks = dates.isDate
        ? 'date'
        : filled > 0 && column.clocks === filled
          ? 'time'
          : most(column.phones)
            ? 'phone'
            : most(column.numbers)
              ? 'number'
              : filled > 0
                ? 'text'
                : 'empty';
      return {
        name,
        looks,
        dates: dates.order,
        numbers: dates.numbers,
        repeats: column.repeats,
        words:
          column.words && looks === 'text'
            ? [...column.words].sort((a, b) => b[1] - a[1]).map(([word]) => word)
            : [],
      };
    });
  }
}

/** Dates of the columns of a table: as the values of each prove them, else as somebody has said. */
export class SurveyedDates {
  readonly #columns: ReadonlyMap<string, ColumnSurvey>;

  constructor(
    survey: readonly ColumnSurvey[],
    private readonly said: DayMonth | null,
  ) {
    this.#columns = new Map(survey.map((column) => [column.name, column]));
  }

  orderOf(column: string): DayMonth {
    const proven = this.#columns.get(column)?.dates;
    return proven === 'dmy' || proven === 'mdy' ? proven : (this.said ?? 'dmy');
  }

  read(column: string, text: string): Wall | null {
    return readDateCell(text, this.orderOf(column), this.#columns.get(column)?.numbers ?? null);
  }
}

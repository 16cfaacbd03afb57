import { seeded } from '../../../test/support/seeded.ts';
import { acceptTable, diffTables, type Row, type TableChange } from './diff.ts';

const rows = (table: Record<string, Row>) => new Map(Object.entries(table));
const short = (changes: TableChange[]) => changes.map(({ kind, key }) => `${key} ${kind}`);
const RUNS = 400;
const seed = Number(process.env.TABLE_SEED ?? Date.now() % 1_000_000);

describe(diffTables, () => {
  const first = rows({
    1: {
      reserved: null,
      paid: 0,
      launched: null,
      plannedOn: '2026-03-10',
      status: 'Расчёт',
      address: 'Лесная, 1',
    },
    2: {
      reserved: null,
      paid: 5_000,
      launched: null,
      plannedOn: null,
      status: 'Расчёт',
      address: 'Садовая, 3',
    },
    3: { reserved: true, paid: 5_000, launched: null, plannedOn: null, status: 'Расчёт', address: '' },
  });

  it('says nothing of a first dump, and nothing of the same once more', () => {
    expect(diffTables(null, first)).toEqual([]);
    expect(diffTables(acceptTable(null, first), first)).toEqual([]);
  });

  it('says what has happened', () => {
    const second = rows({
      1: {
        reserved: '2026-03-02',
        paid: 7_000,
        launched: true,
        plannedOn: '2026-03-12',
        status: 'Договор',
        address: 'Лесная, 2',
      },
      3: {
        reserved: null,
        paid: 4_000,
        launched: null,
        plannedOn: '2026-03-20',
        status: 'Расчёт',
        address: '',
      },
      4: { reserved: true, paid: 100, launched: null, plannedOn: null, status: 'Новый', address: '' },
    });
    const before = acceptTable(null, first);
    const changes = diffTables(before, second);
    expect(short(changes)).toEqual([
      '1 paid',
      '1 reserved',
      '1 launched',
      '1 planned',
      '1 status',
      '1 card',
      '3 paid',
      '3 withdrawn',
      '4 new',
      '4 paid',
      '4 reserved',
      '2 gone',
    ]);
    const kept = acceptTable(before, second);
    expect(diffTables(kept, second)).toEqual([]);
    // What was gone and comes back is told from where it was.
    const third = rows({ ...Object.fromEntries(second), 2: { paid: 6_000 } });
    expect(diffTables(kept, third)).toEqual([
      { kind: 'back', key: '2', from: null, to: null, fields: [] },
      { kind: 'paid', key: '2', from: 5_000, to: 6_000, fields: [] },
    ]);
  });

  it('takes a cell that could not be read, and a column that was not, for silence', () => {
    const before = acceptTable(null, rows({ 1: { paid: 100 } }));
    const blind = rows({ 1: { status: 'Договор', reserved: true } });
    expect(diffTables(before, blind)).toEqual([]);
    expect(
      diffTables(acceptTable(before, blind), rows({ 1: { paid: 150, status: 'Готов', reserved: true } })),
    ).toMatchObject([
      { kind: 'paid', from: 100, to: 150 },
      { kind: 'status', from: 'Договор', to: 'Готов' },
    ]);
  });

  it(`finds exactly what was done to a table, whatever it was (seed ${seed})`, () => {
    const random = seeded(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];
    const WORDS = ['Расчёт', 'Договор', 'Готов'];
    const fresh = (): Row => ({
      reserved: null,
      paid: 0,
      launched: null,
      plannedOn: pick(DAYS),
      status: pick(WORDS),
      note: pick(WORDS),
    });
    const other = <T>(values: readonly T[], not: unknown): T => pick(values.filter((value) => value !== not));
    for (let run = 0; run < RUNS; run++) {
      const table = new Map<string, Row>();
      let serial = 0;
      for (let i = 0; i < 1 + random() * 8; i++) table.set(`k${serial++}`, fresh());
      let kept = acceptTable(null, table);
      for (let dump = 0; dump < 4; dump++) {
        const meant = new Set<string>();
        for (const [key, row] of [...table]) {
          if (random() < 0.1) {
            table.delete(key);
            meant.add(`${key} gone`);
            continue;
          }
          const next: Row = { ...row };
          const did = (kind: string) => meant.add(`${key} ${kind}`);
          if (random() < 0.3) {
            next.paid = Number(row.paid) + 1 + Math.floor(random() * 1_000);
            did('paid');
          }
          for (const mark of ['reserved', 'launched'] as const)
            if (random() < 0.3) {
              next[mark] = row[mark] === null ? pick([true, ...DAYS] as const) : null;
              did(row[mark] === null ? mark : 'withdrawn');
            }
          if (random() < 0.2) {
            next.plannedOn = other(DAYS, row.plannedOn);
            did('planned');
          }
          if (random() < 0.2) {
            next.status = other(WORDS, row.status);
            did('status');
          }
          if (random() < 0.2) {
            next.note = other(WORDS, row.note);
            did('card');
          }
          table.set(key, next);
        }
        for (const [key, { row, isGone }] of kept)
          if (isGone && random() < 0.3) {
            table.set(key, row);
            meant.add(`${key} back`);
          }
        if (random() < 0.5) {
          table.set(`k${serial}`, fresh());
          meant.add(`k${serial++} new`);
        }
        // In any order of the rows.
        const shuffled = new Map([...table].sort(() => random() - 0.5));
        const found = short(diffTables(kept, shuffled));
        expect([run, dump, [...new Set(found)].sort()]).toEqual([run, dump, [...meant].sort()]);
        kept = acceptTable(kept, shuffled);
        expect(diffTables(kept, table)).toEqual([]);
      }
    }
  });
});

import { z } from 'zod';
import { ExpectMinSchema, LineSchema, MomentSchema, ZoneSchema } from './common.ts';
import { IdSchema } from './id.ts';
import { type EventType, WRITTEN_TYPES } from './modules.ts';
import { FileFaultSchema } from './payments.ts';

// A table of another program that comes again and again as a whole. What its rows say otherwise than the last time is what
// has happened.

export const TABLE_LIMITS = {
  bytes: 64 * 1024 * 1024,
  rows: 200_000,
  shown: 200,
  faults: 200,
  sample: 8,
} as const;

export const TABLE_KINDS = ['orders', 'counterparties'] as const;
export type TableKind = (typeof TABLE_KINDS)[number];

/**
 * What a column of a table of orders is. `reserved`, `launched`: marks, or the day of it; `paid`: the sum so far;
 * `plannedOn`, `installOn`, `status`: what it is watched for. `phone` is the customer's, where they have none yet. The
 * others are written onto the card of the order, `confidentialNote` onto a place of its own.
 */
export const ORDER_COLUMNS = [
  'reserved',
  'paid',
  'launched',
  'launchedOn',
  'plannedOn',
  'installOn',
  'status',
  'registeredOn',
  'counterparty',
  'phone',
  'address',
  'amount',
  'manager',
  'note',
  'confidentialNote',
] as const;
export const COUNTERPARTY_COLUMNS = [
  'name',
  'inn',
  'kpp',
  'phone',
  'email',
  'contact',
  'manager',
  'note',
] as const;
export const TABLE_TARGETS = [...new Set([...ORDER_COLUMNS, ...COUNTERPARTY_COLUMNS])] as [
  TableTarget,
  ...TableTarget[],
];
export type TableTarget = (typeof ORDER_COLUMNS)[number] | (typeof COUNTERPARTY_COLUMNS)[number];

export const targetsOf = (kind: TableKind): readonly TableTarget[] =>
  kind === 'orders' ? ORDER_COLUMNS : COUNTERPARTY_COLUMNS;

export const TableMappingSchema = z
  .strictObject({
    kind: z.enum(TABLE_KINDS),
    /** The column by which a row is known: the number of the order, the code of the counterparty. */
    key: z.string().min(1).max(200),
    /** Columns that are read; the others are not. */
    columns: z
      .record(z.string().max(200), z.enum(TABLE_TARGETS))
      .refine((columns) => Object.keys(columns).length <= 60, { error: 'too-many-columns' }),
    zone: ZoneSchema.default('Europe/Moscow'),
    /** Words of the status column that are events of their own; another word is a note. */
    statuses: z
      .record(z.string().max(100), z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]))
      .refine((statuses) => Object.keys(statuses).length <= 100, { error: 'too-many' })
      .default({}),
  })
  .superRefine(({ kind, columns, key }, ctx) => {
    const used = Object.values(columns);
    const wrong = used.find((target) => !targetsOf(kind).includes(target));
    const twice = used.find((target, i) => used.indexOf(target) !== i);
    if (wrong) ctx.addIssue({ code: 'custom', path: ['columns', wrong], message: 'not-of-kind' });
    if (twice) ctx.addIssue({ code: 'custom', path: ['columns', twice], message: 'used-twice' });
    if (Object.hasOwn(columns, key)) ctx.addIssue({ code: 'custom', path: ['key'], message: 'used-twice' });
    if (kind === 'counterparties' && !used.includes('name'))
      ctx.addIssue({ code: 'custom', path: ['columns', 'name'], message: 'required' });
  });
export type TableMapping = z.infer<typeof TableMappingSchema>;

const count = z.number().int();

/** As of a module (`ingest.ts`): whether its dumps are taken, how long it may be silent, minutes, and since when it is. */
export const TableStateSchema = z.strictObject({
  isOn: z.boolean(),
  expectMin: ExpectMinSchema.nullable(),
  silentSince: MomentSchema.nullable(),
});

export const TableSchema = TableStateSchema.extend({
  id: IdSchema,
  /** Such as «ПрофСтрой, заказы». */
  name: z.string(),
  mapping: TableMappingSchema,
  /** What was accepted last; null: nothing yet. */
  dump: z
    .strictObject({ seq: count, rows: count, gone: count, fileName: z.string(), at: MomentSchema })
    .nullable(),
  version: count,
});
export type Table = z.infer<typeof TableSchema>;

const table = { name: LineSchema(80), mapping: TableMappingSchema };
export const TableCreateSchema = z.strictObject({ id: IdSchema.optional(), ...table });
export type TableCreate = z.infer<typeof TableCreateSchema>;
export const TableEditSchema = z
  .strictObject({
    ...table,
    isOn: z.boolean(),
    expectMin: ExpectMinSchema.nullable(),
  })
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type TableEdit = z.infer<typeof TableEditSchema>;

/** A mapping as a file: what is saved in one installation and read in another. */
export const MappingFileSchema = z.strictObject({ ...table, svodka: z.literal('table') });

export const TABLE_CHANGES = [
  'new',
  'gone',
  'back',
  'reserved',
  'paid',
  'launched',
  'planned',
  'install',
  'status',
  'withdrawn',
  'card',
] as const;
export type TableChangeKind = (typeof TABLE_CHANGES)[number];

/** One row of a dump against the one before. `from` and `to` as they read; of sums kopecks. */
export const TableChangeSchema = z.strictObject({
  kind: z.enum(TABLE_CHANGES),
  key: z.string(),
  from: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  to: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  /** The columns of `card`; the mark of `withdrawn`. */
  fields: z.array(z.enum(TABLE_TARGETS)),
  /** Of the difference of `paid`, kopecks: what the order has here already, so that it is not told again. */
  knownKop: count,
  /** The event that it becomes; null: none. */
  type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]).nullable(),
  title: z.string(),
});

/** What a file holds, and how it may be meant. */
export const TableLookSchema = z.strictObject({
  encoding: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  mapping: TableMappingSchema,
  /** The preset that knows these columns. */
  preset: z.string().nullable(),
});
export type TableLook = z.infer<typeof TableLookSchema>;

export const TableAnswerSchema = z.strictObject({
  table: TableSchema,
  encoding: z.string(),
  isFirst: z.boolean(),
  rows: count,
  /** Columns that are read and that the file lacks. */
  missing: z.array(z.string()),
  /** So many rows are gone that the file may be a part: it is taken only by who is sure. */
  isDoubtful: z.boolean(),
  /** It seems to break off: of the rows that it lacks nothing is said, unless somebody is sure that it is whole. */
  isCut: z.boolean(),
  counts: z.strictObject({
    ...Object.fromEntries(TABLE_CHANGES.map((kind) => [kind, count] as const)),
    events: count,
    /** Events of modules that are switched off: these are not written. */
    off: count,
    refused: count,
  } as Record<TableChangeKind | 'events' | 'off' | 'refused', typeof count>),
  changes: z.array(TableChangeSchema),
  /**
   * Where orders that were here say something else than the rows that are new: it stays as it is here. Sums in kopecks.
   */
  kept: z.strictObject({
    counts: z.strictObject({ amount: count, paid: count, address: count }),
    items: z.array(
      z.strictObject({
        key: z.string(),
        field: z.enum(['amount', 'paid', 'address']),
        here: z.union([z.string(), z.number()]),
        table: z.union([z.string(), z.number()]),
      }),
    ),
  }),
  /** Managers whom the rows name and who are not taken: nobody is called so, or several are. */
  people: z.array(z.strictObject({ name: z.string(), rows: count, why: z.enum(['nobody', 'several']) })),
  faults: z.array(FileFaultSchema),
  /** Words of the status column that are there. */
  words: z.array(z.string()),
});
export type TableAnswer = z.infer<typeof TableAnswerSchema>;

export const TableLookQuerySchema = z.strictObject({ fileName: LineSchema(200) });
export const TableDumpQuerySchema = z.strictObject({
  fileName: LineSchema(200),
  /** Only say what would become of it. */
  dry: z.enum(['true', 'false']).optional(),
  /** The rows that are gone are meant to be. */
  sure: z.enum(['true', 'false']).optional(),
});

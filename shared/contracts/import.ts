import { z } from 'zod';
import { LineSchema, MomentSchema, ZoneSchema } from './common.ts';
import { COUNTERPARTY_CATEGORIES, COUNTERPARTY_KINDS } from './counterparty.ts';
import { IMPORTANCES } from './event.ts';
import { IdSchema } from './id.ts';
import { LIKENESSES } from './merge.ts';
import { type EventType, WRITTEN_TYPES } from './modules.ts';
import { ORDER_TEMPLATES, PROJECT_STATUSES } from './order-codes.ts';
import { DialectSchema, DOUBTS } from './table.ts';

export const PAYLOAD_TARGETS = [
  'payload.amountKop',
  'payload.method',
  'payload.docNo',
  'payload.from',
  'payload.to',
  'payload.durationMs',
  'payload.areaM2',
  'payload.startOn',
  'payload.finishOn',
  'payload.count',
  'payload.total',
  'payload.reason',
  'payload.material',
  'payload.quantity',
  'payload.crew',
  'payload.topic',
] as const;

/** What the rows of a table are. */
export const IMPORT_KINDS = ['events', 'counterparties', 'orders'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/**
 * What a column of a table becomes. `dueAt` goes on the last event of a project (see `decisions.md`); `occurredTime` is
 * the time of day where it stands in a column of its own; `phone` and `inn` are those of the counterparty; `payload.…` are
 * fields of those types that have them. `confidentialNote`: a
 * place of the order that only a few may see, and nowhere else. `keep`: kept under `payload.fields` of an event, in the note of a card; `ignore`
 * drops one.
 */
const TARGETS = {
  events: [
    'title',
    'body',
    'type',
    'importance',
    'occurredAt',
    'occurredTime',
    'dueAt',
    'project',
    'counterparty',
    'phone',
    'inn',
    'author',
    'externalId',
    'status',
    ...PAYLOAD_TARGETS,
    'keep',
    'ignore',
  ],
  counterparties: [
    'name',
    'kind',
    'category',
    'inn',
    'kpp',
    'ogrn',
    'phone',
    'email',
    'contact',
    'contactRole',
    'contactPhone',
    'contactEmail',
    'manager',
    'note',
    'externalId',
    'keep',
    'ignore',
  ],
  orders: [
    'number',
    'counterparty',
    'phone',
    'inn',
    'address',
    'manager',
    'template',
    'registeredOn',
    'measureOn',
    'plannedOn',
    'promisedOn',
    'amount',
    'paid',
    'orderStatus',
    'note',
    'confidentialNote',
    'keep',
    'ignore',
  ],
} as const satisfies Record<ImportKind, readonly string[]>;
export type ImportTarget = (typeof TARGETS)[ImportKind][number];
export const importTargets = (kind: ImportKind): readonly ImportTarget[] => TARGETS[kind];
export const IMPORT_TARGETS = [...new Set(Object.values(TARGETS).flat())] as [
  ImportTarget,
  ...ImportTarget[],
];

/** Targets that any number of columns may have: a card holds several phones. */
export const SHARED_TARGETS: Record<ImportKind, readonly ImportTarget[]> = {
  events: ['keep', 'ignore'],
  counterparties: ['keep', 'ignore', 'phone', 'email', 'note'],
  orders: ['keep', 'ignore', 'note'],
};

/** One of each of these a row must have. */
export const NEEDED_TARGETS: Record<ImportKind, readonly (readonly ImportTarget[])[]> = {
  // A plan has no past: its deadline is time enough.
  events: [['title'], ['occurredAt', 'dueAt']],
  counterparties: [['name']],
  orders: [['number']],
};

/** What becomes of rows that resemble somebody who is here: nobody is made a second time unasked. */
export const ALIKE_CHOICES = ['same', 'new', 'skip'] as const;
export type AlikeChoice = (typeof ALIKE_CHOICES)[number];

const WordsSchema = <const T extends readonly [string, ...string[]]>(codes: T) =>
  z.record(z.string().max(60), z.enum(codes)).refine((words) => Object.keys(words).length <= 60);

export const ImportMappingSchema = z.strictObject({
  kind: z.enum(IMPORT_KINDS).default('events'),
  columns: z.record(z.string().max(200), z.enum(IMPORT_TARGETS)).refine((c) => Object.keys(c).length <= 500),
  /** Type of rows whose own type column is absent or unknown. */
  type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]).default('note.free'),
  importance: z.enum(IMPORTANCES).default('normal'),
  /** Zone of times without an offset. */
  zone: ZoneSchema.default('Europe/Moscow'),
  /** Where a deadline stands when several rows of one project repeat it. */
  due: z.enum(['each', 'last']).default('last'),
  /** What stands first in dates like 05/03/2026, where the column does not prove it. */
  order: z.enum(['dmy', 'mdy']).nullable().default(null),
  /** Words of another system for ours. */
  words: z
    .strictObject({
      type: WordsSchema(WRITTEN_TYPES as [EventType, ...EventType[]]),
      importance: WordsSchema(IMPORTANCES),
      status: WordsSchema(['open', 'recorded', 'resolved'] as const),
      kind: WordsSchema(COUNTERPARTY_KINDS),
      category: WordsSchema(COUNTERPARTY_CATEGORIES),
      template: WordsSchema(ORDER_TEMPLATES),
      orderStatus: WordsSchema(PROJECT_STATUSES),
    })
    .partial()
    .default({}),
  /** Where the records come from: within one source a number is one record. Null: as it was proposed. */
  source: LineSchema(60).nullable().default(null),
  /**
   * That the numbers stand for the records that have them already, though most of those say something else: without it
   * such a file is refused, or belongs to a source of its own.
   */
  sameNumbers: z.boolean().default(false),
  /** Whether records that are there and say something else now are changed. */
  update: z.boolean().default(false),
  /** Whether records that were deleted here come back. */
  restore: z.boolean().default(false),
  /** Of rows that resemble somebody, where nothing was said of the row itself; `ask`: they wait for a word. */
  alike: z.enum(['ask', ...ALIKE_CHOICES]).default('ask'),
});
export type ImportMapping = z.infer<typeof ImportMappingSchema>;

export const ImportPresetSchema = z.strictObject({
  code: z.string(),
  mapping: ImportMappingSchema,
  requires: z.array(z.string()),
});
export type ImportPreset = z.infer<typeof ImportPresetSchema>;

export const IMPORT_STATES = [
  'uploaded',
  'checking',
  'running',
  'done',
  'cancelled',
  'failed',
  'undoing',
  'undone',
] as const;

const CountSchema = z.number().int();

/** What a column holds, by all of its values. */
export const ColumnSurveySchema = z.strictObject({
  name: z.string(),
  looks: z.enum(['date', 'time', 'number', 'phone', 'text', 'empty']),
  /** Which of day and month comes first, as its values prove; `open`: they do not, and it matters. */
  dates: z.enum(['dmy', 'mdy', 'open']).nullable(),
  /** Numbers that count days or seconds. */
  numbers: z.enum(['serial', 'stamp']).nullable(),
  /** How many values are there before. */
  repeats: z.number().int(),
  /** Its different values, the most frequent first, where they are few. */
  words: z.array(z.string()),
});
export type ColumnSurvey = z.infer<typeof ColumnSurveySchema>;

/** How records of a source are told apart. */
export const IMPORT_KEYS = ['number', 'number+order', 'content'] as const;

/** What has become of the rows; of a comparison, what would. */
export const ImportCountsSchema = z.strictObject({
  rows: CountSchema,
  read: CountSchema,
  created: CountSchema,
  existing: CountSchema,
  /** Rows that say under the same number what a row before them says. */
  repeated: CountSchema,
  changed: CountSchema,
  deleted: CountSchema,
  errors: CountSchema,
  projects: CountSchema,
  /** Rows that resemble somebody; `decided`: of how many of them something was said, `skipped`: left out by that. */
  alike: CountSchema,
  decided: CountSchema,
  skipped: CountSchema,
  /** What an undoing left, because something has been built upon it. */
  kept: CountSchema,
  /** What an undoing has taken back. */
  undone: CountSchema,
});

/**
 * Of the rows looked at, `known` have a number that a source has already, and `others` of those say something else
 * altogether: the numbering begins anew. `own`: a name for a source of the file's own.
 */
export const AnewSchema = z.strictObject({
  source: z.string(),
  own: z.string(),
  known: CountSchema,
  others: CountSchema,
});
export type Anew = z.infer<typeof AnewSchema>;

export const ImportBatchSchema = z.strictObject({
  id: IdSchema,
  fileName: z.string(),
  state: z.enum(IMPORT_STATES),
  columns: z.array(z.string()),
  /** How the file is read; null: an import of an earlier version. */
  dialect: DialectSchema.nullable(),
  /** Of a workbook. */
  sheets: z.array(z.string()),
  /** What the file does not tell for certain. */
  doubts: z.array(z.enum(DOUBTS)),
  /** Bytes that no letter is made of. */
  badBytes: CountSchema,
  survey: z.array(ColumnSurveySchema),
  /** The source that it belongs to; while it is not started, the one that is proposed. */
  source: z.string().nullable(),
  /** Of the source to which it would belong by its name, where its own is proposed for that; null: nothing such. */
  anew: AnewSchema.nullable(),
  /** Null: not decided yet. */
  keyBy: z.enum(IMPORT_KEYS).nullable(),
  /** Code of the preset that fits the columns, if one does. */
  preset: z.string().nullable(),
  mapping: ImportMappingSchema.nullable(),
  counts: ImportCountsSchema,
  /** When the whole file was compared with what is here, by its `mapping`; null: not yet. */
  checkedAt: MomentSchema.nullable(),
  startedAt: MomentSchema.nullable(),
  finishedAt: MomentSchema.nullable(),
  createdBy: IdSchema,
  createdAt: MomentSchema,
  failure: z.string().nullable(),
  version: z.number().int(),
});
export type ImportBatch = z.infer<typeof ImportBatchSchema>;

export const ImportRowErrorSchema = z.strictObject({
  line: z.number().int(),
  column: z.string(),
  reason: z.string(),
  value: z.string(),
  /** The cells of the row, with the first of its errors. */
  values: z.array(z.string()).optional(),
});
export type ImportRowError = z.infer<typeof ImportRowErrorSchema>;

/** The first rows as they would become events, with what is wrong with each. Line numbers count from 1 with the header. */
export const ImportPreviewSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      line: z.number().int(),
      title: z.string(),
      type: z.enum(WRITTEN_TYPES as [EventType, ...EventType[]]),
      occurredAt: MomentSchema.nullable(),
      dueAt: MomentSchema.nullable(),
      project: z.string().nullable(),
      counterparty: z.string().nullable(),
      /** Of a card, by field, as it would stand there. */
      card: z.record(z.string(), z.unknown()).optional(),
      /** The line of the row that it repeats word for word. */
      repeats: CountSchema.optional(),
      errors: z.array(ImportRowErrorSchema),
    }),
  ),
  /** Where the numbering begins anew in the source that is named. */
  anew: AnewSchema.optional(),
});
export type ImportPreview = z.infer<typeof ImportPreviewSchema>;

/** What of a row a person should know, and mostly decide. */
export const FINDING_KINDS = ['changed', 'alike', 'kept'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

const CandidateSchema = z.strictObject({
  /** The card that is here; null: another row of this file. */
  id: IdSchema.nullable(),
  line: z.number().int().nullable(),
  number: z.string(),
  name: z.string(),
  by: z.array(z.enum(LIKENESSES)),
  card: z.record(z.string(), z.unknown()),
});
export type ImportCandidate = z.infer<typeof CandidateSchema>;

/** What was chosen for a row: `of` names the candidate, by id or as `line:12`. */
const ChoiceSchema = z.strictObject({
  how: z.enum(ALIKE_CHOICES),
  of: z.string().max(60).nullable().default(null),
});
export type ImportChoice = z.infer<typeof ChoiceSchema>;

/**
 * `changed`: here already, and other by now: `changes` old and new by field. `alike`: it resembles somebody
 * (`candidates`). `kept`: the undoing left it, because of what `why` names.
 */
export const ImportFindingSchema = z.strictObject({
  line: z.number().int(),
  kind: z.enum(FINDING_KINDS),
  /** What the row is called. */
  title: z.string(),
  /** The event or card that is here. */
  id: IdSchema.nullable(),
  changes: z.record(z.string(), z.strictObject({ from: z.unknown(), to: z.unknown() })),
  card: z.record(z.string(), z.unknown()),
  candidates: z.array(CandidateSchema),
  choice: ChoiceSchema.nullable(),
  why: z.string(),
});
export type ImportFinding = z.infer<typeof ImportFindingSchema>;

export const ImportChoicesSchema = z.strictObject({
  choices: z
    .array(ChoiceSchema.extend({ line: z.number().int().min(0) }).strict())
    .min(1)
    .max(200),
});
export type ImportChoices = z.infer<typeof ImportChoicesSchema>;

export const ImportFileNameSchema = LineSchema(200);

import { z } from 'zod';
import { CalendarDateSchema, createOf, LineSchema, MomentSchema, patchOf, refusePeriod } from './common.ts';
import { IdSchema } from './id.ts';

/** Colours by which crews are told apart; what each looks like is the page's affair. */
export const CREW_COLORS = [
  'green',
  'blue',
  'violet',
  'amber',
  'cyan',
  'olive',
  'pink',
  'orange',
  'indigo',
  'slate',
] as const;
export type CrewColor = (typeof CREW_COLORS)[number];

/** Days when the crew does not work, both included. */
const AbsenceSchema = z
  .strictObject({ from: CalendarDateSchema, to: CalendarDateSchema, note: LineSchema(120).optional() })
  .refine(({ from, to }) => from <= to, { error: 'ends-before', path: ['to'] });
export type Absence = z.infer<typeof AbsenceSchema>;

const crew = {
  /** Unique, whatever its case: events of other programs name crews by it. */
  name: LineSchema(80),
  color: z.enum(CREW_COLORS),
  /** Members who have an account, and the names of those who have none. */
  memberIds: z.array(IdSchema).max(30),
  memberNames: z.array(LineSchema(120)).max(30),
  /** Days of the week on which it works, Monday is 1. Public holidays are none, moved working days are. */
  workDays: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  /** How many installations it does on one day. */
  capacity: z.number({ error: 'integer' }).int().min(1).max(20),
  absences: z.array(AbsenceSchema).max(60),
  isActive: z.boolean(),
};

export const CrewSchema = z.strictObject({
  id: IdSchema,
  ...crew,
  createdAt: MomentSchema,
  version: z.number().int(),
});
export type Crew = z.infer<typeof CrewSchema>;

export const CrewCreateSchema = createOf(
  { id: IdSchema.optional(), ...crew },
  {
    color: 'blue',
    memberIds: [],
    memberNames: [],
    workDays: [1, 2, 3, 4, 5],
    capacity: 1,
    absences: [],
    isActive: true,
  },
);
export type CrewCreate = z.infer<typeof CrewCreateSchema>;
export const CrewEditSchema = patchOf(crew);
export type CrewEdit = z.infer<typeof CrewEditSchema>;

/** What is planned with a crew on some days, of one order or one stage of it. Derived: `shared/rules/orders/work.ts`. */
export const InstallationSchema = z.strictObject({
  projectId: IdSchema,
  /** Of so many; orders without stages have one. */
  stage: z.number().int(),
  stages: z.number().int(),
  startOn: z.iso.date(),
  finishOn: z.iso.date(),
  /** As the event names it: the id of a crew, or the name by which another program knows one. Null: nobody yet. */
  crew: z.string().nullable(),
  /** False: only promised to the customer, and not planned with anybody. */
  isPlanned: z.boolean(),
  state: z.enum(['planned', 'started', 'done', 'failed', 'paused']),
  promisedOn: z.iso.date().nullable(),
  /** Working days after the promised (else the planned) day, by the order's forecast. */
  slipWd: z.number().int(),
  goods: z.strictObject({
    done: z.number(),
    total: z.number().nullable(),
    isReady: z.boolean(),
    readyOn: z.iso.date().nullable(),
  }),
  /** The fact that planned it last; null where nobody has, and for who may not move it. */
  plannedBy: z.strictObject({ eventId: IdSchema, userId: IdSchema.nullable(), at: MomentSchema }).nullable(),
});
export type Installation = z.infer<typeof InstallationSchema>;

/** Work of an order that is not the reader's to know: a place that is taken. */
const BusyWorkSchema = InstallationSchema.pick({ startOn: true, finishOn: true, crew: true, state: true });
export type BusyWork = z.infer<typeof BusyWorkSchema>;

export const InstallationsPageSchema = z.strictObject({
  items: z.array(InstallationSchema),
  busy: z.array(BusyWorkSchema),
  todayOn: z.iso.date(),
  /** There are more than are told. */
  more: z.boolean(),
});
export type InstallationsPage = z.infer<typeof InstallationsPageSchema>;

export const InstallationsQuerySchema = z
  .strictObject({
    from: CalendarDateSchema,
    to: CalendarDateSchema,
    /** Only of these orders. */
    projects: z
      .string()
      .transform((text) => text.split(',').filter(Boolean))
      .pipe(z.array(IdSchema).max(200))
      .optional(),
  })
  .superRefine(refusePeriod);
export type InstallationsQuery = z.infer<typeof InstallationsQuerySchema>;

/** Where an installation stands, or is to stand. */
const place = {
  startOn: CalendarDateSchema,
  finishOn: CalendarDateSchema,
};
const stage = z.number().int().min(1).max(1000);

/** Body of `POST /api/projects/:id/work`. */
export const WorkMoveSchema = z
  .strictObject({
    stage: stage.default(1),
    /** What the mover saw: where it is another one by now, somebody was faster. Null: nothing was planned yet. */
    seen: z
      .strictObject({ eventId: IdSchema, ...place, crew: LineSchema(200).nullable() })
      .nullable()
      .default(null),
    ...place,
    crew: LineSchema(200).nullable(),
    /** Left out only where nothing is put off (`isFirstDay`). */
    reason: LineSchema(200).optional(),
  })
  .refine(({ startOn, finishOn }) => startOn <= finishOn, { error: 'ends-before', path: ['finishOn'] });
export type WorkMove = z.infer<typeof WorkMoveSchema>;

/** Query of `GET /api/projects/:id/work/preview`: what a move would move with it. */
export const WorkPreviewSchema = z
  .strictObject({
    stage: z.coerce.number().pipe(stage).default(1),
    ...place,
    crew: LineSchema(200).optional(),
  })
  .refine(({ startOn, finishOn }) => startOn <= finishOn, { error: 'ends-before', path: ['finishOn'] });
export type WorkPreview = z.infer<typeof WorkPreviewSchema>;

import { z } from 'zod';
import { CalledPhoneSchema } from './called-phone.ts';
import { CalendarDateSchema, LineSchema, TextSchema } from './common.ts';
import { IdSchema } from './id.ts';
import type { EventType } from './modules.ts';

/**
 * One field of a type's payload. Validation, the entry form and the detail pane are all made from this list.
 * decimal: a number such as square metres · money: integer kopecks, more than none · integer, percent: numbers · duration: milliseconds · date: YYYY-MM-DD ·
 * openings: the measured openings of a measurement sheet, millimetres · crew: the id of a crew, or the name by which
 * another program knows it · person: the id of one of ours.
 */
export type PayloadField = {
  name: string;
  kind:
    | 'money'
    | 'integer'
    | 'decimal'
    | 'percent'
    | 'line'
    | 'text'
    | 'phone'
    | 'date'
    | 'duration'
    | 'choice'
    | 'openings'
    | 'crew'
    | 'person';
  required?: boolean;
  /** Of an integer; else 0. */
  min?: number;
  options?: readonly string[];
};

const payment: PayloadField[] = [
  { name: 'amountKop', kind: 'money', required: true },
  { name: 'method', kind: 'choice', options: ['bank', 'card', 'cash'] },
  { name: 'docNo', kind: 'line' },
];
const call: PayloadField[] = [
  { name: 'from', kind: 'phone' },
  { name: 'to', kind: 'phone' },
  { name: 'durationMs', kind: 'duration' },
  // Who of ours spoke: a name, or the number inside the house.
  { name: 'agent', kind: 'line' },
  { name: 'topic', kind: 'line' },
];
/** One of the stages in which a façade is made. */
const stage: PayloadField = { name: 'stage', kind: 'integer', min: 1 };
const items: PayloadField[] = [
  { name: 'count', kind: 'integer' },
  { name: 'ready', kind: 'integer' },
  { name: 'total', kind: 'integer' },
  stage,
];
const crew: PayloadField = { name: 'crew', kind: 'crew' };
const reason: PayloadField = { name: 'reason', kind: 'line' };
/** Work that is planned. */
const work: PayloadField[] = [
  crew,
  { name: 'startOn', kind: 'date' },
  { name: 'finishOn', kind: 'date' },
  stage,
];
const material: PayloadField[] = [
  { name: 'material', kind: 'line' },
  { name: 'quantity', kind: 'line' },
];
const site: PayloadField[] = [
  { name: 'floor', kind: 'integer' },
  { name: 'lift', kind: 'choice', options: ['none', 'passenger', 'cargo'] },
  { name: 'access', kind: 'line' },
];

/** Types that are not listed carry free flat fields (`fields`), as imports do. */
export const PAYLOAD_FIELDS: Partial<Record<EventType, PayloadField[]>> = {
  'payment.prepaid': [...payment, { name: 'percentOfContract', kind: 'percent' }],
  'payment.received': payment,
  'payment.final': payment,
  'payment.overdue': payment,
  'payment.refunded': payment,
  'invoice.issued': payment,
  'contract.signed': [
    { name: 'amountKop', kind: 'money' },
    { name: 'docNo', kind: 'line' },
  ],
  'contract.amended': [
    { name: 'amountKop', kind: 'money' },
    { name: 'docNo', kind: 'line' },
  ],
  'quote.sent': [{ name: 'amountKop', kind: 'money' }],
  'order.calculated': [
    { name: 'amountKop', kind: 'money' },
    { name: 'areaM2', kind: 'decimal' },
  ],
  'measure.sheet': [{ name: 'openings', kind: 'openings' }, ...site],
  'measure.specifics': site,
  'measure.scheduled': [{ name: 'startOn', kind: 'date' }],
  'crew.assigned': work,
  'crew.changed': [...work, reason],
  'stage.assigned': work,
  'work.planned': [...work, reason],
  'work.rescheduled': [...work, reason],
  'work.started': [crew, stage],
  'work.finished': [crew, stage],
  'item.arrived': items,
  'items.complete': items,
  'item.defect': [...items, reason],
  'waybill.included': [{ name: 'docNo', kind: 'line' }, ...material],
  'material.reserved': material,
  'material.partial': material,
  'material.shortage': material,
  'material.received': [...material, { name: 'docNo', kind: 'line' }],
  'production.launched': [{ name: 'total', kind: 'integer' }, stage],
  'production.progress': items,
  'production.delayed': [reason],
  'shipment.prepared': [{ name: 'count', kind: 'integer' }, stage],
  'shipment.out': [{ name: 'count', kind: 'integer' }, { name: 'docNo', kind: 'line' }, stage],
  'install.confirmed': [{ name: 'startOn', kind: 'date' }, stage],
  'install.started': [crew, stage],
  'install.done': [crew, stage],
  'act.signed': [stage],
  'install.failed': [reason, crew, stage],
  // How whoever asks wants to be reached, as they say it.
  'customer.request': [{ name: 'contact', kind: 'line' }],
  'call.in': call,
  'call.out': call,
  'call.missed': call,
  'call.recorded': [{ name: 'direction', kind: 'choice', options: ['in', 'out'] }, ...call],
  'call.promise': [
    ...call,
    { name: 'promise', kind: 'line' },
    // Whose it is to keep, where that is not who wrote it down.
    { name: 'keeper', kind: 'person' },
  ],
};

/** A number that is none: what should have been typed. Of what is not there at all the schema says that it is missing. */
const wrong = (reason: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? undefined : reason),
});

const mm = z.number(wrong('millimetres')).int(wrong('millimetres')).min(1).max(20_000);

/** One measured opening; widths are top and bottom, heights left and right, in millimetres. */
export const OpeningSchema = z.strictObject({
  no: z.number().int().min(1).max(999),
  room: LineSchema(80).optional(),
  widthMm: z.tuple([mm, mm]),
  heightMm: z.tuple([mm, mm]),
  quarter: z.boolean().optional(),
  sillDepthMm: mm.optional(),
  slopeMm: mm.optional(),
  outflowMm: mm.optional(),
  note: LineSchema(200).optional(),
});
export type Opening = z.infer<typeof OpeningSchema>;

const KINDS = {
  /** What goes the other way has a type of its own. */
  money: () =>
    z
      .number(wrong('money'))
      .int(wrong('money'))
      .max(1e13)
      .refine((kopecks) => kopecks > 0, { error: 'not-positive' }),
  integer: ({ min = 0 }: PayloadField) => z.number(wrong('integer')).int(wrong('integer')).min(min).max(1e6),
  decimal: () => z.number(wrong('number')).min(0).max(1e6),
  percent: () => z.number(wrong('number')).min(0).max(100),
  line: () => LineSchema(200),
  crew: () => LineSchema(200),
  person: () => IdSchema,
  text: () => TextSchema(4000),
  phone: () => CalledPhoneSchema,
  date: () => CalendarDateSchema,
  duration: () => z.number(wrong('duration')).int(wrong('duration')).min(0).max(86_400_000),
  openings: () => z.array(OpeningSchema).min(1).max(200),
} satisfies Record<Exclude<PayloadField['kind'], 'choice'>, (field: PayloadField) => z.ZodType>;

function fieldSchema(field: PayloadField): z.ZodType {
  const { kind, options, required } = field;
  const schema =
    kind === 'choice' ? z.enum([...(options ?? [])] as [string, ...string[]]) : KINDS[kind](field);
  return required ? schema : schema.optional();
}

/** Flat extra values that have no typed field of their own, such as the further columns of an import. */
const FreeFieldsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(60)
      .refine((key) => !/[$.]/.test(key) && !key.includes('\u0000') && key !== '__proto__', { error: 'key' }),
    z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
  )
  .refine((fields) => Object.keys(fields).length <= 40, { error: 'too-many-fields' });

/** What each says for itself and not together. */
function refuseContradictions(payload: Record<string, unknown>, ctx: z.RefinementCtx): void {
  const { count, ready, total, startOn, finishOn } = payload;
  const refuse = (field: string, message: string) =>
    ctx.addIssue({ code: 'custom', message, path: [field], input: payload[field] });
  for (const [field, value] of Object.entries({ count, ready }))
    if (typeof value === 'number' && typeof total === 'number' && value > total)
      refuse(field, 'more-than-all');
  if (typeof startOn === 'string' && typeof finishOn === 'string' && finishOn < startOn)
    refuse('finishOn', 'ends-before');
}

const schemas = new Map<EventType, z.ZodType<Payload>>();

export type Payload = { fields?: Record<string, string | number | boolean | null> } & Record<string, unknown>;

/** A payload with its phones as they are kept; the rest is kept as it was sent. */
export function withPhonesRead<P extends Record<string, unknown>>(type: EventType, payload: P): P {
  const phones = (PAYLOAD_FIELDS[type] ?? []).flatMap(({ name, kind }) => {
    const phone = kind === 'phone' ? CalledPhoneSchema.safeParse(payload[name]) : null;
    return phone?.success ? [[name, phone.data] as const] : [];
  });
  return phones.length > 0 ? { ...payload, ...Object.fromEntries(phones) } : payload;
}

/** The payload contract of one event type: its typed fields, plus free flat ones under `fields`. */
export function payloadSchema(type: EventType): z.ZodType<Payload> {
  let schema = schemas.get(type);
  if (!schema) {
    const shape = Object.fromEntries(
      (PAYLOAD_FIELDS[type] ?? []).map((field) => [field.name, fieldSchema(field)]),
    );
    schema = z
      .strictObject({ ...shape, fields: FreeFieldsSchema.optional() })
      .superRefine(refuseContradictions) as unknown as z.ZodType<Payload>;
    schemas.set(type, schema);
  }
  return schema;
}

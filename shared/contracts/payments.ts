import { z } from 'zod';
import { CalendarDateSchema, LineSchema, MomentSchema } from './common.ts';
import { IdSchema } from './id.ts';
import { INGEST_OUTCOMES, SamePaymentSchema } from './ingest.ts';
import { ENCODINGS } from './table.ts';

// A file of payments as banks and 1C exchange them (1CClientBankExchange), and what became of it.

export const PAYMENTS_LIMITS = {
  bytes: 32 * 1024 * 1024,
  documents: 50_000,
  shown: 300,
  faults: 200,
  /** Files that were loaded last. */
  loads: 10,
} as const;

export const PaymentsQuerySchema = z.strictObject({
  fileName: LineSchema(200),
  /** Only say what would become of it. */
  dry: z.enum(['true', 'false']).optional(),
});

/**
 * Why a payment has the order that it has (`kept`: somebody has chosen it), or none: several are named, or one of somebody
 * else, or one that is not here, or a number that may be that of anything, or none at all, or the order has a payment
 * already that looks like it.
 */
export const PAYMENT_MATCHES = [
  'payer',
  'number',
  'kept',
  'several',
  'foreign',
  'unknown',
  'unsure',
  'unnamed',
  'same',
] as const;
export type PaymentMatch = (typeof PAYMENT_MATCHES)[number];

const count = z.number().int();

export const PaymentSchema = z.strictObject({
  /** Where its section begins. */
  line: count,
  docNo: z.string(),
  on: CalendarDateSchema,
  amountKop: count,
  payer: z.string(),
  inn: z.string().nullable(),
  purpose: z.string(),
  outcome: z.enum(INGEST_OUTCOMES),
  match: z.enum(PAYMENT_MATCHES),
  /** Numbers of the orders: of the one it goes to, or of those that its purpose names, though they be not here. */
  orders: z.array(z.string()),
  /** Name of the counterparty that the payer is known as. */
  counterparty: z.string().nullable(),
  /** With the match `same`. */
  same: SamePaymentSchema.nullable(),
});
export type Payment = z.infer<typeof PaymentSchema>;

/** What of a file cannot be taken: the line, the key of the file that stands there, what is wrong. */
export const FileFaultSchema = z.strictObject({
  line: count,
  column: z.string(),
  reason: z.string(),
  value: z.string(),
});
export type FileFault = z.infer<typeof FileFaultSchema>;

export const PaymentsAnswerSchema = z.strictObject({
  encoding: z.enum(ENCODINGS),
  /** The company's own accounts, and the days that the file says it is of. */
  accounts: z.array(z.string()),
  from: CalendarDateSchema.nullable(),
  to: CalendarDateSchema.nullable(),
  /** It breaks off: its last line is missing. */
  isCut: z.boolean(),
  counts: z.strictObject({
    documents: count,
    created: count,
    changed: count,
    unchanged: count,
    refused: count,
    /** Paid by the company, and moved between its own accounts: these are no payments of customers. */
    outgoing: count,
    own: count,
    /** What comes in, but for what cannot be read. */
    incoming: count,
    /** Of what is new or changes: with an order, and waiting for one. */
    linked: count,
    waiting: count,
    /** Of the waiting: those whose order has a payment already that looks like them. */
    same: count,
    sumKop: count,
  }),
  /** Of those that come in the first that wait for a person or are refused, and then of the others. */
  items: z.array(PaymentSchema),
  faults: z.array(FileFaultSchema),
});
export type PaymentsAnswer = z.infer<typeof PaymentsAnswerSchema>;

/** A file of payments that brought something, and whether that was taken back. People by name; null: the folder, or nobody any more. */
export const PaymentLoadSchema = z.strictObject({
  id: IdSchema,
  fileName: z.string(),
  at: MomentSchema,
  by: z.string().nullable(),
  created: count,
  sumKop: count,
  /** `kept`: somebody has worked on them since. */
  undone: z
    .strictObject({ at: MomentSchema, by: z.string().nullable(), deleted: count, kept: count })
    .nullable(),
});
export type PaymentLoad = z.infer<typeof PaymentLoadSchema>;

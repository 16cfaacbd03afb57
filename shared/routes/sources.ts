import { z } from 'zod';
import { CallRecordSchema } from '../contracts/calls.ts';
import {
  FileSourceSchema,
  FolderDeedSchema,
  FolderFileSchema,
  FolderQuerySchema,
} from '../contracts/folder.ts';
import { IdSchema } from '../contracts/id.ts';
import {
  IngestBodySchema,
  IngestEventSchema,
  IngestQuerySchema,
  IngestResultSchema,
  IngestResultsSchema,
  IngestStateSchema,
  ModuleListedSchema,
  ModuleTokenSchema,
  ProposalsQuerySchema,
  ProposalsSchema,
  SourceEditSchema,
  SourceErrorSchema,
  SourceErrorsQuerySchema,
  SourceSchema,
  TokenCreateSchema,
} from '../contracts/ingest.ts';
import { PaymentLoadSchema, PaymentsAnswerSchema, PaymentsQuerySchema } from '../contracts/payments.ts';
import { RefsSchema } from '../contracts/refs.ts';
import {
  TableAnswerSchema,
  TableCreateSchema,
  TableDumpQuerySchema,
  TableEditSchema,
  TableLookQuerySchema,
  TableLookSchema,
  TableSchema,
} from '../contracts/tables.ts';
import { routes } from './route.ts';

export const STREAM_TYPE = 'application/x-ndjson';
const JSON_TYPE = 'application/json';
/** A file of whatever kind, looked at by its content. */
export const FILE_TYPE = 'application/octet-stream';

export const SOURCE_ROUTES = routes({
  // What the token may say, and whether something is to be said again.
  'GET /ingest': { right: 'module', answers: { 200: IngestStateSchema } },
  // One event, an array, or a stream of one a line; a stream is answered by a result a line, while it is still being sent.
  'POST /ingest': {
    right: 'module',
    query: IngestQuerySchema,
    raw: [STREAM_TYPE, JSON_TYPE],
    holds: { [STREAM_TYPE]: IngestEventSchema, [JSON_TYPE]: IngestBodySchema },
    answers: { 200: z.union([IngestResultSchema, IngestResultsSchema]), 201: IngestResultSchema },
    errors: ['conflict'],
  },
  // One call, or the news of one, as the telephone system has it: fields by the names of Asterisk's CDR. Signed over time and
  // body; the same call again changes nothing.
  'POST /ingest/calls': {
    right: 'signature',
    // Absent or unknown: answered as a signature that does not fit.
    query: z.strictObject({ key: IdSchema.optional() }),
    raw: [JSON_TYPE],
    holds: { [JSON_TYPE]: CallRecordSchema },
    answers: { 201: IngestResultSchema, 200: IngestResultSchema },
    errors: ['conflict'],
  },
  // Which modules there are, which of them are in use, which types of events each has, and which is silent.
  'GET /modules': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(ModuleListedSchema) }) },
  },
  'GET /sources': {
    right: 'sources.read',
    answers: {
      200: z.strictObject({ items: z.array(SourceSchema), files: z.array(FileSourceSchema) }),
    },
  },
  // What has become of the files of a source that were dropped into the watched folder.
  'GET /sources/files': {
    right: 'sources.read',
    query: FolderQuerySchema,
    answers: { 200: z.strictObject({ items: z.array(FolderFileSchema) }) },
  },
  // A file that failed: once more, or out of the list.
  'POST /sources/files': {
    right: 'sources.manage',
    body: FolderDeedSchema,
    answers: { 204: null },
    errors: ['not-found', 'conflict'],
  },
  // On or off, how long it may be silent, from when on it shall say everything again.
  'PATCH /sources': { right: 'sources.manage', body: SourceEditSchema, answers: { 200: SourceSchema } },
  // The answer is the only one that ever holds the token.
  'POST /sources/tokens': {
    right: 'sources.manage',
    body: TokenCreateSchema,
    key: 'id',
    answers: { 201: z.strictObject({ token: z.string(), item: ModuleTokenSchema }) },
  },
  'DELETE /sources/tokens/:id': { right: 'sources.manage', answers: { 200: ModuleTokenSchema } },
  'GET /sources/errors': {
    right: 'sources.read',
    query: SourceErrorsQuerySchema,
    answers: { 200: z.strictObject({ items: z.array(SourceErrorSchema), next: z.string().nullable() }) },
  },
  // A refused line once more, for when what it names has been made meanwhile.
  'POST /sources/errors/:id/retry': {
    right: 'sources.manage',
    bare: true,
    answers: { 200: IngestResultSchema },
  },
  // A file of payments as banks write it (1CClientBankExchange). With `dry` nothing is written; the same file twice adds
  // nothing.
  'POST /sources/payments': {
    right: 'payments.load',
    query: PaymentsQuerySchema,
    raw: [FILE_TYPE],
    answers: { 200: PaymentsAnswerSchema },
  },
  // The files that were loaded last, the newest first.
  'GET /sources/payments': {
    right: 'payments.load',
    answers: { 200: z.strictObject({ items: z.array(PaymentLoadSchema) }) },
  },
  // Deletes what one of them has made and nobody has worked on since; the same file may be loaded again.
  'POST /sources/payments/:id/undo': {
    right: 'payments.load',
    bare: true,
    answers: { 200: PaymentLoadSchema },
    errors: ['conflict'],
  },
  // Tables of other programs that come again and again as a whole; what is said otherwise than the last time has happened.
  'GET /tables': {
    right: 'sources.read',
    answers: { 200: z.strictObject({ items: z.array(TableSchema) }) },
  },
  // What a file holds, and how it may be meant. Keeps nothing.
  'POST /tables/look': {
    right: 'sources.read',
    query: TableLookQuerySchema,
    raw: [FILE_TYPE],
    answers: { 200: TableLookSchema },
  },
  'POST /tables': {
    right: 'sources.manage',
    body: TableCreateSchema,
    key: 'id',
    answers: { 201: TableSchema },
  },
  'GET /tables/:id': { right: 'sources.read', answers: { 200: TableSchema } },
  'PATCH /tables/:id': { right: 'sources.manage', body: TableEditSchema, answers: { 200: TableSchema } },
  // Its orders and events stay.
  'DELETE /tables/:id': { right: 'sources.manage', answers: { 204: null } },
  // A dump; with `dry` nothing is written. Where many rows are gone it takes somebody who is `sure`.
  'POST /tables/:id/dumps': {
    right: 'events.import',
    query: TableDumpQuerySchema,
    raw: [FILE_TYPE],
    answers: { 200: TableAnswerSchema },
    errors: ['conflict'],
  },
  // To which orders some events that have none may belong, as far as the asker sees both.
  'GET /proposals': {
    right: 'signed-in',
    query: ProposalsQuerySchema,
    answers: {
      200: z.strictObject({
        items: z.array(ProposalsSchema),
        refs: RefsSchema,
      }),
    },
  },
  // Nobody waits for this line any more.
  'DELETE /sources/errors/:id': { right: 'sources.manage', answers: { 204: null } },
});

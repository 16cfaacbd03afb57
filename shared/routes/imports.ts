import { z } from 'zod';
import { PageQuerySchema, pageOf } from '../contracts/common.ts';
import {
  FINDING_KINDS,
  ImportBatchSchema,
  ImportChoicesSchema,
  ImportFileNameSchema,
  ImportFindingSchema,
  ImportMappingSchema,
  ImportPresetSchema,
  ImportPreviewSchema,
  ImportRowErrorSchema,
} from '../contracts/import.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { DialectSchema } from '../contracts/table.ts';
import { routes } from './route.ts';

/** What a file is called by whoever sends it says little: what it is, is told by what is in it. */
const IMPORT_CONTENT = ['text/csv', 'application/octet-stream'] as const;

export const IMPORT_ROUTES = routes({
  'GET /imports/presets': {
    right: 'events.import',
    answers: { 200: z.strictObject({ items: z.array(ImportPresetSchema) }) },
  },
  // The body is the file itself, so that it flows to its place without being held in memory.
  'POST /imports': {
    right: 'events.import',
    query: z.strictObject({ fileName: ImportFileNameSchema }),
    raw: IMPORT_CONTENT,
    answers: { 201: z.strictObject({ batch: ImportBatchSchema, preview: ImportPreviewSchema }) },
  },
  'GET /imports': {
    right: 'events.import',
    query: PageQuerySchema,
    answers: { 200: pageOf(ImportBatchSchema) },
  },
  'GET /imports/:id': { right: 'events.import', answers: { 200: ImportBatchSchema } },
  'POST /imports/:id/preview': {
    right: 'events.import',
    body: ImportMappingSchema,
    answers: { 200: ImportPreviewSchema },
  },
  'POST /imports/:id/dialect': {
    right: 'events.import',
    body: DialectSchema.partial(),
    answers: { 200: z.strictObject({ batch: ImportBatchSchema, preview: ImportPreviewSchema }) },
    errors: ['conflict'],
  },
  // Compares the whole file with what is here and writes nothing but what it finds.
  'POST /imports/:id/check': {
    right: 'events.import',
    body: ImportMappingSchema,
    answers: { 200: ImportBatchSchema },
    errors: ['conflict'],
  },
  'POST /imports/:id/choices': {
    right: 'events.import',
    body: ImportChoicesSchema,
    answers: { 200: ImportBatchSchema },
    errors: ['conflict'],
  },
  'GET /imports/:id/findings': {
    right: 'events.import',
    query: PageQuerySchema.extend({ kind: z.enum(FINDING_KINDS) }),
    answers: { 200: pageOf(ImportFindingSchema).extend({ refs: RefsSchema }) },
  },
  'POST /imports/:id/start': {
    right: 'events.import',
    body: ImportMappingSchema,
    answers: { 200: ImportBatchSchema },
    errors: ['conflict'],
  },
  // What it made is deleted and its keys are free again; what it changed stays.
  'POST /imports/:id/undo': {
    right: 'events.import',
    bare: true,
    answers: { 200: ImportBatchSchema },
    errors: ['conflict'],
  },
  'POST /imports/:id/cancel': {
    right: 'events.import',
    bare: true,
    answers: { 200: ImportBatchSchema },
    errors: ['conflict'],
  },
  'GET /imports/:id/errors': {
    right: 'events.import',
    query: PageQuerySchema,
    answers: { 200: pageOf(ImportRowErrorSchema) },
  },
});

import { z } from 'zod';
import { AttachmentSchema, RecordingSchema, UploadCreateSchema, UploadSchema } from '../contracts/file.ts';
import { IdSchema } from '../contracts/id.ts';
import { routes } from './route.ts';

/** Bytes, whole, in part, or as they were known. */
const bytes = { 200: null, 206: null, 304: null } as const;

export const FILE_ROUTES = routes({
  'POST /files': {
    right: 'signed-in',
    body: UploadCreateSchema,
    key: 'id',
    // 200: it was begun before.
    answers: { 201: UploadSchema, 200: UploadSchema },
    errors: ['conflict', 'not-found'],
  },
  'GET /files/:id/upload': { right: 'signed-in', answers: { 200: UploadSchema } },
  // The body is a part of the file, so that it flows to its place; with the last byte the file is attached.
  'POST /files/:id/upload': {
    right: 'signed-in',
    query: z.strictObject({ offset: z.coerce.number().int().min(0) }),
    raw: ['application/octet-stream'],
    answers: { 200: UploadSchema },
    // A conflict: the upload stands elsewhere (`current`), or the same file is there already.
    errors: ['conflict'],
  },
  'DELETE /files/:id/upload': { right: 'signed-in', answers: { 204: null } },
  // Of a recording each opening is told to the access log, once under its id.
  'GET /files/:id': {
    right: 'signed-in',
    query: z.strictObject({ opening: IdSchema.optional() }),
    light: true,
    answers: bytes,
    errors: ['range', 'forbidden'],
  },
  // On what ground a recording is kept, and until when.
  'PATCH /files/:id': { right: 'signed-in', body: RecordingSchema, answers: { 200: AttachmentSchema } },
  'GET /files/:id/thumbnail': { right: 'signed-in', answers: bytes, errors: ['range'] },
  'DELETE /files/:id': { right: 'signed-in', answers: { 200: AttachmentSchema } },
  'POST /files/:id/restore': { right: 'signed-in', bare: true, answers: { 200: AttachmentSchema } },
});

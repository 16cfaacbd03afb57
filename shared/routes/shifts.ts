import { z } from 'zod';
import { IdSchema } from '../contracts/id.ts';
import {
  ShiftActSchema,
  ShiftGiveSchema,
  ShiftListSchema,
  ShiftNoteSchema,
  ShiftViewSchema,
} from '../contracts/shift.ts';
import { routes } from './route.ts';

export const SHIFT_ROUTES = routes({
  /** What the caller would hand over now; `toId`: what that person may not see is told. */
  'GET /shifts/note': {
    right: 'shifts.hand',
    query: z.strictObject({ toId: IdSchema.optional() }),
    answers: { 200: ShiftNoteSchema },
  },
  /** The newest that the caller has given or may take. */
  'GET /shifts': { right: 'shifts.hand', answers: { 200: ShiftListSchema } },
  'POST /shifts': {
    right: 'shifts.hand',
    costly: true,
    body: ShiftGiveSchema,
    key: 'id',
    // 200: it was sent before.
    answers: { 201: ShiftViewSchema, 200: ShiftViewSchema },
  },
  'GET /shifts/:id': { right: 'shifts.hand', answers: { 200: ShiftViewSchema } },
  /** Accepts rows, by which what the giver holds is the caller's, or returns them. */
  'POST /shifts/:id/rows': {
    right: 'shifts.hand',
    body: ShiftActSchema,
    answers: { 201: ShiftViewSchema },
    errors: ['conflict', 'forbidden'],
  },
});

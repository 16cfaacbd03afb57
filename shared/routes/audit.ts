import { z } from 'zod';
import {
  AuditQuerySchema,
  AuditRecordSchema,
  AuditRuleSchema,
  AuditTitleSchema,
  SavedListSchema,
} from '../contracts/audit.ts';
import { pageOf } from '../contracts/common.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

/** What the access log tells of one thing to whoever may see that. */
const history = {
  right: 'directory.read',
  answers: { 200: z.strictObject({ items: z.array(AuditRecordSchema), refs: RefsSchema }) },
} as const;

export const AUDIT_ROUTES = routes({
  'GET /audit': {
    right: 'audit.read',
    query: AuditQuerySchema,
    answers: {
      200: pageOf(AuditRecordSchema).extend({
        refs: RefsSchema,
        titles: z.array(AuditTitleSchema),
        rules: z.array(AuditRuleSchema),
      }),
    },
  },
  // A list that its reader takes away as a file is told before the page hands the file over.
  'POST /audit/saved-lists': {
    right: 'signed-in',
    unstamped: true,
    body: SavedListSchema,
    answers: { 204: null },
  },
  'GET /projects/:id/history': history,
  'GET /counterparties/:id/history': history,
  'GET /crews/:id/history': history,
});

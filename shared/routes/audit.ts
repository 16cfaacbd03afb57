import { z } from 'zod';
import { AuditQuerySchema, AuditRecordSchema, AuditTitleSchema } from '../contracts/audit.ts';
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
      200: pageOf(AuditRecordSchema).extend({ refs: RefsSchema, titles: z.array(AuditTitleSchema) }),
    },
  },
  'GET /projects/:id/history': history,
  'GET /counterparties/:id/history': history,
  'GET /crews/:id/history': history,
});

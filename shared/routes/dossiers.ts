import { z } from 'zod';
import { CalendarDateSchema } from '../contracts/common.ts';
import { routes } from './route.ts';

/** Days, both included, where the reader is. `as`: a page to read and to print, or that page with every file in a ZIP. */
export const DossierQuerySchema = z.strictObject({
  from: CalendarDateSchema,
  to: CalendarDateSchema,
  as: z.enum(['page', 'zip']).default('page'),
});
export type DossierQuery = z.infer<typeof DossierQuerySchema>;

/** An HTML page or a ZIP, as it is put together. */
const dossier = { right: 'signed-in', query: DossierQuerySchema, answers: { 200: null } } as const;

export const DOSSIER_ROUTES = routes({
  'GET /projects/:id/dossier': dossier,
  'GET /counterparties/:id/dossier': dossier,
});

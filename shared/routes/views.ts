import { z } from 'zod';
import { ViewCreateSchema, ViewEditSchema, ViewSchema } from '../feed/view.ts';
import { routes } from './route.ts';

export const VIEW_ROUTES = routes({
  'GET /views': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(ViewSchema) }) },
  },
  'POST /views': {
    right: 'signed-in',
    body: ViewCreateSchema,
    key: 'id',
    // 200: it was sent before.
    answers: { 201: ViewSchema, 200: ViewSchema },
  },
  'PATCH /views/:id': { right: 'signed-in', body: ViewEditSchema, answers: { 200: ViewSchema } },
  'DELETE /views/:id': { right: 'signed-in', answers: { 204: null } },
});

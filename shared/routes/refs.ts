import { RefsQuerySchema, RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

export const REFS_ROUTES = routes({
  // The names of things that a page has by id only. What one may not see has none.
  'GET /refs': { right: 'signed-in', query: RefsQuerySchema, answers: { 200: RefsSchema } },
});

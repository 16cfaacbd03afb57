import { z } from 'zod';
import { routes } from './route.ts';

export const SEARCH_ROUTES = routes({
  // For a search that finds nothing: like words that find something of what the reader may see. Null: none do.
  'GET /search/nearby': {
    right: 'signed-in',
    query: z.strictObject({ words: z.string().max(200) }),
    answers: { 200: z.strictObject({ words: z.string().nullable() }) },
  },
});

import { z } from 'zod';
import { CrewCreateSchema, CrewEditSchema, CrewSchema } from '../contracts/crews.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

export const CREW_ROUTES = routes({
  'GET /crews': {
    right: 'directory.read',
    answers: { 200: z.strictObject({ items: z.array(CrewSchema), refs: RefsSchema }) },
  },
  'POST /crews': {
    right: 'crews.write',
    body: CrewCreateSchema,
    answers: { 201: CrewSchema },
    errors: ['conflict'],
  },
  'GET /crews/:id': { right: 'directory.read', answers: { 200: CrewSchema } },
  'PATCH /crews/:id': {
    right: 'crews.write',
    body: CrewEditSchema,
    match: 'may',
    answers: { 200: CrewSchema },
  },
});

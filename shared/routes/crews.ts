import { z } from 'zod';
import {
  CrewCreateSchema,
  CrewEditSchema,
  CrewSchema,
  InstallationsPageSchema,
  InstallationsQuerySchema,
  WorkMoveSchema,
  WorkPreviewSchema,
} from '../contracts/crews.ts';
import { ChainMoveSchema } from '../contracts/orders.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { OneEventSchema } from './events.ts';
import { routes } from './route.ts';

export const CREW_ROUTES = routes({
  'GET /crews': {
    right: 'directory.read',
    answers: { 200: z.strictObject({ items: z.array(CrewSchema), refs: RefsSchema }) },
  },
  'POST /crews': {
    right: 'crews.write',
    body: CrewCreateSchema,
    key: 'id',
    answers: { 201: CrewSchema },
  },
  'GET /crews/:id': { right: 'directory.read', answers: { 200: CrewSchema } },
  'PATCH /crews/:id': {
    right: 'crews.write',
    body: CrewEditSchema,
    match: 'may',
    answers: { 200: CrewSchema },
  },
  'GET /installations': {
    right: 'directory.read',
    query: InstallationsQuerySchema,
    answers: { 200: InstallationsPageSchema.extend({ refs: RefsSchema }) },
  },
  // What a move would move with it.
  'GET /projects/:id/work/preview': {
    right: 'work.plan',
    query: WorkPreviewSchema,
    answers: { 200: z.strictObject({ moves: z.array(ChainMoveSchema), isFirst: z.boolean() }) },
  },
  // Moves an installation by an event. 200: it is there already.
  'POST /projects/:id/work': {
    right: 'work.plan',
    body: WorkMoveSchema,
    answers: { 201: OneEventSchema, 200: OneEventSchema },
    errors: ['conflict'],
  },
});

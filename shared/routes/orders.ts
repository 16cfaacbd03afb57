import { z } from 'zod';
import { InstantSchema, pageOf } from '../contracts/common.ts';
import {
  ChainEditSchema,
  OrdersQuerySchema,
  ProjectCreateSchema,
  ProjectEditSchema,
  ProjectSchema,
  StatusOverrideSchema,
} from '../contracts/directory.ts';
import {
  MilestoneDueSchema,
  MilestonesQuerySchema,
  OrderChainSchema,
  PartyMoneySchema,
} from '../contracts/orders.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { CountSchema } from '../feed/feed.ts';
import { routes } from './route.ts';

export const ORDER_ROUTES = routes({
  'GET /projects': {
    right: 'directory.read',
    query: OrdersQuerySchema,
    answers: { 200: pageOf(ProjectSchema).extend({ refs: RefsSchema }) },
  },
  /** How many answer in all: exact up to 10 000, then a lower bound. */
  'GET /projects/count': {
    right: 'directory.read',
    query: OrdersQuerySchema.pick({ search: true, filter: true }),
    answers: { 200: CountSchema },
  },
  'POST /projects': {
    right: 'directory.write',
    body: ProjectCreateSchema,
    key: 'id',
    answers: { 201: ProjectSchema },
  },
  'GET /projects/:id': { right: 'directory.read', answers: { 200: ProjectSchema } },
  // What only those above and its manager may know; no other answer holds it.
  'GET /projects/:id/confidential': {
    right: 'directory.read',
    answers: { 200: z.strictObject({ text: z.string() }) },
    errors: ['forbidden'],
  },
  'PATCH /projects/:id': {
    right: 'directory.write',
    body: ProjectEditSchema,
    match: 'may',
    answers: { 200: ProjectSchema },
  },
  'POST /projects/:id/status': {
    right: 'directory.write',
    body: StatusOverrideSchema,
    answers: { 201: ProjectSchema },
    errors: ['conflict'],
  },
  // Leaves a milestone out, brings it in, moves it, or takes that back.
  'POST /projects/:id/milestones': {
    right: 'directory.write',
    body: ChainEditSchema,
    answers: { 201: ProjectSchema },
    errors: ['conflict'],
  },
  // What is still to be done by the days of a period. Deadlines of events are events: `GET /events?filter=dueAt…`.
  'GET /milestones': {
    right: 'directory.read',
    query: MilestonesQuerySchema,
    answers: {
      200: z.strictObject({
        items: z.array(MilestoneDueSchema),
        todayOn: z.iso.date(),
        /** There are more than are told. */
        more: z.boolean(),
        refs: RefsSchema,
      }),
    },
  },
  // Over all orders of a counterparty and what names none.
  'GET /counterparties/:id/money': {
    right: 'directory.read',
    costly: true,
    answers: { 200: PartyMoneySchema },
  },
  /** `at`: as it was known at that moment. */
  'GET /projects/:id/chain': {
    right: 'directory.read',
    query: z.strictObject({ at: InstantSchema.optional() }),
    answers: { 200: OrderChainSchema },
  },
});

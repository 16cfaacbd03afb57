import { z } from 'zod';
import { pageOf } from '../contracts/common.ts';
import {
  CounterpartyCreateSchema,
  CounterpartyEditSchema,
  CounterpartySchema,
} from '../contracts/counterparty.ts';
import { IdSchema } from '../contracts/id.ts';
import { CounterpartiesQuerySchema, MergeSchema, TwinsQuerySchema, TwinsSchema } from '../contracts/merge.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { CountSchema } from '../feed/feed.ts';
import { routes } from './route.ts';

export const COUNTERPARTY_ROUTES = routes({
  'GET /counterparties': {
    right: 'directory.read',
    query: CounterpartiesQuerySchema,
    answers: {
      200: pageOf(CounterpartySchema).extend({ refs: RefsSchema, alike: z.array(IdSchema) }),
    },
  },
  /** How many there are in all: exact up to 10 000, then a lower bound. */
  'GET /counterparties/count': {
    right: 'directory.read',
    query: CounterpartiesQuerySchema.pick({ search: true }),
    answers: { 200: CountSchema },
  },
  'POST /counterparties': {
    right: 'directory.write',
    body: CounterpartyCreateSchema,
    key: 'id',
    answers: { 201: CounterpartySchema },
  },
  'GET /counterparties/alike': {
    right: 'directory.read',
    query: TwinsQuerySchema,
    answers: { 200: TwinsSchema },
  },
  'GET /counterparties/:id': { right: 'directory.read', answers: { 200: CounterpartySchema } },
  'PATCH /counterparties/:id': {
    right: 'directory.write',
    body: CounterpartyEditSchema,
    match: 'may',
    answers: { 200: CounterpartySchema },
  },
  'POST /counterparties/:id/merge': {
    right: 'directory.write',
    body: MergeSchema,
    answers: { 200: CounterpartySchema },
    errors: ['conflict'],
  },
  'DELETE /counterparties/:id/merge': { right: 'directory.write', answers: { 200: CounterpartySchema } },
});

import { pageOf } from '../contracts/common.ts';
import {
  CounterpartyCreateSchema,
  CounterpartyEditSchema,
  CounterpartySchema,
} from '../contracts/counterparty.ts';
import { DirectoryQuerySchema } from '../contracts/directory.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

export const COUNTERPARTY_ROUTES = routes({
  'GET /counterparties': {
    right: 'directory.read',
    query: DirectoryQuerySchema,
    answers: { 200: pageOf(CounterpartySchema).extend({ refs: RefsSchema }) },
  },
  'POST /counterparties': {
    right: 'directory.write',
    body: CounterpartyCreateSchema,
    answers: { 201: CounterpartySchema },
    errors: ['conflict'],
  },
  'GET /counterparties/:id': { right: 'directory.read', answers: { 200: CounterpartySchema } },
  'PATCH /counterparties/:id': {
    right: 'directory.write',
    body: CounterpartyEditSchema,
    match: 'may',
    answers: { 200: CounterpartySchema },
  },
});

import { z } from 'zod';
import { CounterpartySchema } from '../contracts/counterparty.ts';
import {
  ConsentGiveSchema,
  CustomerLinkSchema,
  LinkMakeSchema,
  LinkRevokeSchema,
  PromisesQuerySchema,
  PromisesSchema,
} from '../contracts/customer.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

const links = z.strictObject({ items: z.array(CustomerLinkSchema) });

/** What is agreed with customers. The page behind a link is no part of the interface: `server/customers`. */
export const CUSTOMER_ROUTES = routes({
  'POST /counterparties/:id/consent': {
    right: 'directory.write',
    body: ConsentGiveSchema,
    answers: { 200: CounterpartySchema },
    errors: ['conflict'],
  },
  'DELETE /counterparties/:id/consent': {
    right: 'directory.write',
    answers: { 200: CounterpartySchema },
    errors: ['conflict'],
  },
  // Of the last year.
  'GET /promises': {
    right: 'signed-in',
    query: PromisesQuerySchema,
    answers: { 200: PromisesSchema.extend({ refs: RefsSchema }) },
  },
  'GET /projects/:id/links': { right: 'directory.read', answers: { 200: links } },
  // The whole address is told here and nowhere else.
  'POST /projects/:id/links': {
    right: 'directory.write',
    body: LinkMakeSchema,
    answers: { 201: z.strictObject({ link: CustomerLinkSchema, url: z.string() }) },
  },
  'POST /projects/:id/links/revoke': {
    right: 'directory.write',
    body: LinkRevokeSchema,
    answers: { 200: links },
  },
});

import { z } from 'zod';
import { CounterpartySchema } from '../contracts/counterparty.ts';
import {
  ConsentGiveSchema,
  CustomerLinkSchema,
  LetterWordingSchema,
  LetterWordsSchema,
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
  // Every kind in both languages.
  'GET /letter-words': {
    right: 'letters.write',
    answers: { 200: z.strictObject({ items: z.array(LetterWordingSchema) }) },
  },
  'POST /letter-words': {
    right: 'letters.write',
    body: LetterWordsSchema,
    answers: { 200: LetterWordingSchema },
  },
  // Of an order that is none: what its subject would be, and as it would look, a page of its own.
  'POST /letter-words/preview': {
    right: 'letters.write',
    body: LetterWordsSchema,
    answers: { 200: z.strictObject({ subject: z.string() }) },
  },
  'GET /letter-words/looks': {
    right: 'letters.write',
    query: LetterWordsSchema,
    light: true,
    answers: { 200: null },
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
    key: 'id',
    answers: { 201: z.strictObject({ link: CustomerLinkSchema, url: z.string() }) },
  },
  'POST /projects/:id/links/revoke': {
    right: 'directory.write',
    body: LinkRevokeSchema,
    answers: { 200: links },
  },
});

import { z } from 'zod';
import { pageOf } from '../contracts/common.ts';
import {
  DeliveryQuerySchema,
  DeliverySchema,
  HeldDecisionSchema,
  NoticeQuerySchema,
  NoticesSeenSchema,
  NoticesSnoozeSchema,
  NoticeViewSchema,
  TrialSchema,
} from '../contracts/notice.ts';
import {
  PreferencesEditSchema,
  PreferencesSchema,
  PushSubscriptionSchema,
} from '../contracts/preferences.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

const CountSchema = z.number().int();
/** What a person decides about one letter; `conflict`: it is not in that state. */
const decision = { right: 'mail.read', answers: { 200: DeliverySchema }, errors: ['conflict'] } as const;

export const NOTICE_ROUTES = routes({
  'GET /notices': {
    right: 'signed-in',
    query: NoticeQuerySchema,
    answers: { 200: pageOf(NoticeViewSchema).extend({ refs: RefsSchema, unread: CountSchema }) },
  },
  'POST /notices/seen': {
    right: 'signed-in',
    body: NoticesSeenSchema,
    answers: { 200: z.strictObject({ unread: CountSchema }) },
  },
  'POST /notices/snooze': {
    right: 'signed-in',
    body: NoticesSnoozeSchema,
    answers: { 200: z.strictObject({ unread: CountSchema }) },
  },
  'GET /me/notifications': { right: 'signed-in', answers: { 200: PreferencesSchema } },
  'PATCH /me/notifications': {
    right: 'signed-in',
    body: PreferencesEditSchema,
    answers: { 200: PreferencesSchema },
  },
  'GET /me/push': { right: 'signed-in', answers: { 200: z.strictObject({ publicKey: z.string() }) } },
  'POST /me/push': { right: 'signed-in', body: PushSubscriptionSchema, answers: { 204: null } },
  'DELETE /me/push': { right: 'signed-in', answers: { 204: null } },
  'GET /deliveries': {
    right: 'mail.read',
    query: DeliveryQuerySchema,
    answers: { 200: pageOf(DeliverySchema).extend({ refs: RefsSchema }) },
  },
  'POST /deliveries/held': {
    right: 'mail.read',
    body: HeldDecisionSchema,
    answers: { 200: z.strictObject({ letters: CountSchema }) },
  },
  /** To who asks; `conflict`: they have no address. */
  'POST /deliveries/trial': {
    right: 'mail.read',
    body: TrialSchema,
    answers: { 201: DeliverySchema },
    errors: ['conflict'],
  },
  /** The letter as it looks, a page of its own. */
  'GET /deliveries/:id/letter': { right: 'mail.read', answers: { 200: null } },
  'GET /deliveries/:id': { right: 'mail.read', answers: { 200: DeliverySchema } },
  'POST /deliveries/:id/retry': { ...decision, bare: true },
  'POST /deliveries/:id/discard': { ...decision, bare: true },
});

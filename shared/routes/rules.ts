import { z } from 'zod';
import {
  NoticeRuleSchema,
  RuleCreateSchema,
  RuleDraftSchema,
  RuleEditSchema,
  RuleMuteSchema,
  RulePreviewSchema,
} from '../contracts/notice-rule.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { ToldSchema, WhySchema } from '../contracts/told.ts';
import { routes } from './route.ts';

export const RULE_ROUTES = routes({
  // Of the company, which anybody reads, and one's own; to who may change all of them, all.
  'GET /rules': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(NoticeRuleSchema), refs: RefsSchema }) },
  },
  // `conflict`, reason `rule-loud`: it would tell many, and `isSure` was not said.
  'POST /rules': {
    right: 'rules.write',
    body: RuleCreateSchema,
    key: 'id',
    // 200: it was sent before.
    answers: { 201: NoticeRuleSchema, 200: NoticeRuleSchema },
  },
  'PATCH /rules/:id': {
    right: 'rules.write',
    body: RuleEditSchema,
    match: 'may',
    answers: { 200: NoticeRuleSchema },
  },
  'DELETE /rules/:id': { right: 'rules.write', answers: { 204: null } },
  'POST /rules/:id/restore': { right: 'rules.write', bare: true, answers: { 200: NoticeRuleSchema } },
  'POST /rules/:id/mute': {
    right: 'signed-in',
    body: RuleMuteSchema,
    answers: { 200: NoticeRuleSchema },
  },
  // Changes nothing.
  'POST /rules/preview': {
    right: 'rules.write',
    costly: true,
    body: RuleDraftSchema,
    answers: { 200: RulePreviewSchema },
  },
  // Of one's own.
  'GET /notices/:id/why': { right: 'signed-in', answers: { 200: WhySchema } },
  'GET /events/:id/told': { right: 'signed-in', answers: { 200: ToldSchema } },
});

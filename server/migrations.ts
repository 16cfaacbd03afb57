import { ACCOUNTS_INDEXES } from './accounts/user.schema.ts';
import { AUDIT_INDEXES } from './audit/audit.schema.ts';
import { COUNTERPARTIES_INDEXES } from './counterparties/counterparty.schema.ts';
import { LIKENESS_STEPS } from './counterparties/likeness.steps.ts';
import { CREWS_INDEXES } from './crews/crew.schema.ts';
import { CUSTOMER_INDEXES } from './customers/customer-link.schema.ts';
import { DISCUSSION_INDEXES } from './discussion/comment.schema.ts';
import { FOLLOWERS } from './discussion/followers.steps.ts';
import { EVENTS_INDEXES } from './events/event.schema.ts';
import { EVENTS_STEPS } from './events/event.steps.ts';
import { SEARCH_STEPS } from './events/search.steps.ts';
import { SOURCE_SPACE } from './events/source-space.steps.ts';
import { FILES_COLLECTIONS } from './files/file.schema.ts';
import { NOTICES_INDEXES } from './notices/notice.schema.ts';
import { RULE_STEPS } from './notices/rules/rule.steps.ts';
import { CONFIDENTIAL_PLAN } from './orders/projects/confidential.repository.ts';
import { LINE_STEPS } from './orders/projects/line.steps.ts';
import { NUMBER_KEYS, PLAIN_NUMBERS } from './orders/projects/number-key.steps.ts';
import { PROJECTS_INDEXES } from './orders/projects/project.schema.ts';
import { AGENDA_INDEXES } from './platform/agenda/alarm-clock.service.ts';
import type { CollectionPlan } from './platform/mongo/collection-plan.ts';
import type { MigrationStep } from './platform/mongo/migration-step.ts';
import { VOCABULARY_INDEXES } from './platform/mongo/vocabulary.ts';
import { SHIFTS_INDEXES } from './shifts/shift.schema.ts';
import { SOURCES_INDEXES } from './sources/import.schema.ts';
import { VIEWS_INDEXES } from './views/view.schema.ts';
import { VIEWS_STEPS } from './views/view.steps.ts';
import { WORKING_DAYS_INDEXES } from './working-days/working-year.schema.ts';

/** Every collection that the rooms expect; each room adds its own. */
export const COLLECTIONS: CollectionPlan[] = [
  ...ACCOUNTS_INDEXES,
  ...PROJECTS_INDEXES,
  CONFIDENTIAL_PLAN,
  ...COUNTERPARTIES_INDEXES,
  ...CREWS_INDEXES,
  ...CUSTOMER_INDEXES,
  ...EVENTS_INDEXES,
  ...SOURCES_INDEXES,
  ...VIEWS_INDEXES,
  ...SHIFTS_INDEXES,
  ...DISCUSSION_INDEXES,
  ...FILES_COLLECTIONS,
  ...NOTICES_INDEXES,
  ...AGENDA_INDEXES,
  ...VOCABULARY_INDEXES,
  ...AUDIT_INDEXES,
  ...WORKING_DAYS_INDEXES,
];

/** Every step from one form of the data to the next; each room adds its own (`<room>/<thing>.steps.ts`). */
export const STEPS: MigrationStep[] = [
  ...EVENTS_STEPS,
  ...VIEWS_STEPS,
  SOURCE_SPACE,
  ...SEARCH_STEPS,
  ...LINE_STEPS,
  ...LIKENESS_STEPS,
  FOLLOWERS,
  ...RULE_STEPS,
  NUMBER_KEYS,
  PLAIN_NUMBERS,
];

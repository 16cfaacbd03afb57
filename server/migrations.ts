import { ACCOUNTS_INDEXES } from './accounts/user.schema.ts';
import type { CollectionPlan } from './platform/mongo/collection-plan.ts';

/** Every collection that the rooms expect; each room adds its own. */
export const COLLECTIONS: CollectionPlan[] = [...ACCOUNTS_INDEXES];

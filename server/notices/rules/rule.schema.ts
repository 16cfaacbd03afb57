import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import type { Touched } from '../../platform/context/request-context.ts';
import type { CollectionPlan } from '../../platform/mongo/collection-plan.ts';

export const RULES = 'notice_rules';

export type RuleDoc = Omit<NoticeRule, 'id' | 'updatedAt' | 'isMuted' | 'told'> & {
  _id: Id;
  updatedAt: Date;
  /** What was written before it says nothing of: when it was last turned on, or made to find something else. */
  since: Date;
  /** Who does not want to hear of it. */
  mutedBy: Id[];
  /** A removed one stays, so that a notice can say why it came, and the starting set is not put there again. */
  removedAt: Date | null;
  /** Who wrote it last; for the access log. */
  touched?: Touched;
};

/** A company has tens of rules, all of which are asked at once. */
export const RULES_COLLECTION: CollectionPlan = { collection: RULES, images: true, indexes: [] };

export function toRule(doc: RuleDoc, { readerId, told }: { readerId: Id; told: number }): NoticeRule {
  const { _id, since: _, mutedBy, removedAt: __, touched: ___, updatedAt, ...rule } = doc;
  return {
    id: _id,
    ...rule,
    updatedAt: updatedAt.toISOString(),
    isMuted: mutedBy.includes(readerId),
    told,
  };
}

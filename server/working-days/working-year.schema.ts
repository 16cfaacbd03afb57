import type { YearDays } from '@svodka/shared/contracts/working-days';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** What the company has set of a year. */
export type WorkingYearDoc = {
  /** `2027` */
  _id: string;
  /** Null: as it was published. */
  days: YearDays | null;
  version: number;
  touched?: Touched;
};

export const WORKING_YEARS = 'calendar_years';

export const WORKING_DAYS_INDEXES: CollectionPlan[] = [
  { collection: WORKING_YEARS, images: true, indexes: [] },
];

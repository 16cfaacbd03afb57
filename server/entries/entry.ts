import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { IndexPlan } from '../platform/mongo/collection-plan.ts';

/** What orders and counterparties carry beside what people see. Hidden. */
export type Kept = {
  createdAt: Date;
  createdBy: Id | null;
  version: number;
  /** Who wrote it last; for the access log. */
  touched?: Touched;
  /** Words for the search. */
  terms: string[];
  /** Set while the entry's events still carry what followed from its earlier state: the mark of the last change. */
  rewrite?: string;
  /** With `rewrite`: who heard of the entry's events and no longer does. They see none of them from now on. */
  taken?: Id[];
};

export type Entry = Kept & { _id: Id };

export const KEPT = {
  createdAt: Date,
  createdBy: String,
  version: Number,
  terms: [String],
  touched: Schema.Types.Mixed,
  rewrite: String,
  taken: { type: [String], default: undefined },
};
export const ENTRY_OPTIONS = { versionKey: false, strict: 'throw', minimize: false } as const;

/** For those whose events are still to be rewritten. */
export const WAITING: IndexPlan = {
  key: { rewrite: 1 },
  partialFilterExpression: { rewrite: { $exists: true } },
};

export const sameTerms = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((term, i) => term === b[i]);

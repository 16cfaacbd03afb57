import type { Id } from '@svodka/shared/contracts/id';
import type { IngestCounts, RecordingRule, SourceError } from '@svodka/shared/contracts/ingest';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** What is set for a module. Absent: it is on, and not waited for. */
export type SourceDoc = {
  _id: ConnectedModule;
  isOn: boolean;
  expectMin: number | null;
  /** Since when it is waited for as it is now: a module that was never heard is silent from then on. */
  waitedSince: Date;
  replayFrom: Date | null;
  /** Of telephony: how recordings are kept that lie in its folder. */
  recordings?: RecordingRule | null;
  /** Its last word before a silence that was told of; null: it is not silent. */
  silentSince: Date | null;
  /** Refused lines that went beyond those that are kept, since the last time that none waited. */
  errorsLetGo?: number;
  touched?: Touched;
};

export const UNSET: Omit<SourceDoc, '_id'> = {
  isOn: true,
  expectMin: null,
  waitedSince: new Date(0),
  replayFrom: null,
  silentSince: null,
};

/** What was heard through one token on one day; `_id` is `<token>:<day>`. */
export type SourceDayDoc = Omit<IngestCounts, 'lines'> & {
  _id: string;
  tokenId: Id;
  module: ConnectedModule;
  day: string;
  at: Date;
};

/** A refused line; `_id` follows from its token and its external id, so that it stands there once. */
export type SourceErrorDoc = Omit<SourceError, 'id' | 'at'> & { _id: Id; at: Date };

/** A code by which a module knows a counterparty; `_id` is `<module>:<code>`. */
export type SourceCodeDoc = { _id: string; counterpartyId: Id };

export const SOURCE_COLLECTIONS: CollectionPlan[] = [
  { collection: 'sources', images: true, indexes: [] },
  {
    collection: 'source_days',
    images: true,
    indexes: [{ key: { tokenId: 1, day: -1 } }, { key: { module: 1, at: -1 } }, { key: { at: 1 } }],
  },
  {
    collection: 'source_errors',
    images: true,
    indexes: [{ key: { module: 1, at: -1, _id: -1 } }, { key: { at: -1, _id: -1 } }, { key: { tokenId: 1 } }],
  },
  { collection: 'source_codes', images: false, indexes: [{ key: { counterpartyId: 1 } }] },
];

import type { Index } from './index.ts';

/** Keys from `low` up to, not including, `high`. */
export interface KeyRange {
  low: Buffer;
  high: Buffer;
  /** Bytes at the start that all keys of the range share: the index and its equality fields. */
  fixed: number;
  /** There is one key at most, and it is `low`: all fields of a unique index are fixed. */
  isKey?: boolean;
}

export interface CollectionScan {
  kind: 'collscan';
  reverse: boolean;
}

export interface IndexScan {
  kind: 'ixscan';
  index: Index;
  /** In key order, not overlapping. */
  ranges: KeyRange[];
  reverse: boolean;
  /**
   * The ranges are walked at once and merged by what follows their fixed bytes, so that the order of the later
   * fields is the order of the scan; otherwise one range after another.
   */
  merge: boolean;
  /** Every key in the ranges belongs to a match: the filter needs no second look. */
  exact: boolean;
}

export interface Union {
  kind: 'or';
  scans: IndexScan[];
}

export interface Nothing {
  kind: 'eof';
}

export type Access = CollectionScan | IndexScan | Union | Nothing;

/** How a query is answered. */
export interface Plan {
  access: Access;
  /** The access delivers in the order asked for. */
  sorted: boolean;
}

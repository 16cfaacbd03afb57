const YEAR = 365;

/** The lowest id (UUIDv7) of a moment, as far as its time goes. */
const idFrom = (at: Date): string => {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-`;
};

/** What grows and is of no use for ever. Each query must be answered by an index: the test explains them. */
export type Retention = {
  collection: string;
  days: number;
  why: string;
  /** What has had its time. */
  outlived: (before: Date) => Record<string, unknown>;
  /** What goes first, with those whose ids stand in this field of it. */
  with?: readonly { collection: string; field: string }[];
};

/**
 * The collections whose terms are words of the vocabulary. A word that none of them has any more goes with the second
 * night after that: it may be the name of somebody who was erased.
 */
export const WORDED = ['events', 'projects', 'counterparties'] as const;

/**
 * How long things are kept. The nightly job removes what is listed here.
 *
 * Kept for ever, because they are the company's memory: events, comments, orders, counterparties, people, views; only
 * a person, or the erasure of somebody's data (`server/erasure`), removes those. Recordings of voices go on a day of
 * their own (`files/`, FI9). Bounded otherwise: sessions and what is waiting for a browser (an index of the store lets
 * them expire), presence (one a node), the change log (the store keeps 7 days, `embedded-mongo/README.md`), idempotency
 * keys (inside the event or comment that they made, valid for 7 days), the 50 newest revisions (inside their event), the
 * words of a removed comment (an hour, `discussion/`, DI3).
 */
export const RETENTION: readonly Retention[] = [
  {
    collection: 'notices',
    days: 180,
    why: 'an inbox of half a year; what it told of is still in the feed',
    outlived: (before) => ({ createdAt: { $lt: before } }),
  },
  {
    collection: 'deliveries',
    days: 180,
    why: 'as long as its notice; one that still waits to be sent stays',
    outlived: (before) => ({ createdAt: { $lt: before }, nextAttemptAt: null }),
  },
  {
    collection: 'customer_links',
    days: YEAR,
    why: 'it opens nothing any more; by an old letter somebody may still say that they want no more of them',
    outlived: (before) => ({ expiresAt: { $lt: before } }),
  },
  {
    collection: 'shifts',
    days: YEAR,
    why: 'its event says who gave what to whom and stays; one that is not taken yet stays too',
    // Its id is of the clock of who gave it.
    outlived: (before) => ({ _id: { $lt: idFrom(before) }, at: { $lt: before }, state: { $ne: 'given' } }),
  },
  {
    collection: 'event_revisions',
    days: 3 * YEAR,
    why: 'the limitation period of a contract; the newest 50 stay in the event',
    outlived: (before) => ({ at: { $lt: before } }),
  },
  {
    collection: 'imports',
    days: YEAR,
    why: 'which file brought what; the events keep their batch',
    outlived: (before) => ({
      createdAt: { $lt: before },
      state: { $in: ['done', 'cancelled', 'failed', 'undone'] },
    }),
    with: [
      { collection: 'import_errors', field: 'batchId' },
      { collection: 'import_findings', field: 'batchId' },
    ],
  },
  {
    collection: 'importFiles.chunks',
    days: 7,
    why: 'a file goes with the end of its import; this is what a crash left of one',
    outlived: (before) => ({ files_id: { $lt: idFrom(before) } }),
  },
  {
    collection: 'importFiles.files',
    days: 7,
    why: 'as its chunks',
    outlived: (before) => ({ _id: { $lt: idFrom(before) } }),
  },
  {
    collection: 'payment_loads',
    days: YEAR,
    why: 'which file of payments made which events, as long as somebody may take it back',
    outlived: (before) => ({ at: { $lt: before } }),
  },
  {
    collection: 'source_days',
    days: YEAR,
    why: 'how much a module said on which day',
    outlived: (before) => ({ at: { $lt: before } }),
  },
  {
    collection: 'source_errors',
    days: 30,
    why: 'a line that nobody has mended in a month; it may hold what is personal',
    outlived: (before) => ({ at: { $lt: before } }),
  },
  {
    collection: 'agendaJobs',
    days: 7,
    why: 'an alarm that went off goes at once; this is one that failed and will not ring again',
    outlived: (before) => ({ lastFinishedAt: { $lt: before }, nextRunAt: null }),
  },
  {
    collection: 'agenda_logs',
    days: 7,
    why: 'what the library notes of its own work',
    outlived: (before) => ({ timestamp: { $lt: before } }),
  },
];

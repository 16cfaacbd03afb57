import type { Revision, SvodkaEvent } from '../contracts/event.ts';

/** What a person reads of an event in its history, as revisions have it: names of files, the holder's id. */
export type Shown = Record<string, unknown>;
type Changes = Revision['changes'];
type Payload = Record<string, unknown>;

/** An event as its revisions speak of it. */
export function shownOf(event: SvodkaEvent): Shown {
  const { claim, snooze, attachments, ...plain } = event;
  return {
    ...plain,
    claim: claim?.by ?? null,
    snooze: snooze?.until ?? snooze?.type ?? null,
    attachments: (attachments ?? []).map(({ name }) => name),
  };
}

/** Of a payload a revision has only the entries that differ. */
export function payloadBefore(now: Payload, from: Payload, to: Payload): Payload {
  const kept = Object.entries(now).filter(([name]) => !Object.hasOwn(to, name));
  return { ...Object.fromEntries(kept), ...from };
}

function filesBefore(now: readonly string[], from: readonly string[], to: readonly string[]): string[] {
  const came = [...to];
  const kept = now.filter((name) => {
    const at = came.indexOf(name);
    if (at >= 0) came.splice(at, 1);
    return at < 0;
  });
  return [...kept, ...from];
}

/** What it said before a change. */
export function stepBack(shown: Shown, changes: Changes): Shown {
  const before = { ...shown };
  for (const [field, { from, to }] of Object.entries(changes)) {
    before[field] =
      field === 'payload'
        ? payloadBefore((shown.payload ?? {}) as Payload, (from ?? {}) as Payload, (to ?? {}) as Payload)
        : field === 'attachments'
          ? filesBefore(shown.attachments as string[], from as string[], to as string[])
          : from;
  }
  return before;
}

/** As it was; `unborn`: nobody had written it down yet; `forgotten`: what is kept of its history begins later. */
export type AsOf = Shown | 'unborn' | 'forgotten';

/**
 * What an event said at a moment, as it was known then: everything that was changed since is taken back.
 * @param revisions newest first
 */
export function asOf(event: SvodkaEvent, revisions: readonly Revision[], at: Date): AsOf {
  const since = (moment: string) => Date.parse(moment) > at.getTime();
  if (since(event.recordedAt)) return 'unborn';
  const later = revisions.filter((revision) => since(revision.at));
  // The first revision is the second word on an event.
  const isWhole = later.length < revisions.length || (revisions.at(-1)?.rev ?? event.rev + 1) <= 2;
  if (!isWhole) return 'forgotten';
  const shown = later.reduce((state, { changes }) => stepBack(state, changes), shownOf(event));
  return isPutOffAt(revisions, shown, at) ? { ...shown, status: 'snoozed' } : shown;
}

/** What was put off comes back when its time has come, and nobody writes a revision of that. */
function isPutOffAt(revisions: readonly Revision[], { status }: Shown, at: Date): boolean {
  if (status !== 'open') return false;
  const last = revisions.find(
    ({ at: moment, changes }) => Date.parse(moment) <= at.getTime() && changes.status,
  );
  if (last?.changes.status?.to !== 'snoozed') return false;
  return Date.parse(String(last.changes.snooze?.to)) > at.getTime();
}

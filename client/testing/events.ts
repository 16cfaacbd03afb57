import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { FeedFrame, FeedOp, FeedSnapshot } from '@svodka/shared/feed/feed';

/** An event of minute `minute` of a day; `id` tells them apart. */
export function testEvent(id: string, minute: number, more: Partial<SvodkaEvent> = {}): SvodkaEvent {
  const occurredAt = new Date(Date.UTC(2026, 2, 14, 6, minute)).toISOString();
  return {
    id,
    type: 'note.free',
    module: 'system',
    title: `Событие ${id}`,
    body: '',
    importance: 'normal',
    occurredAt,
    recordedAt: occurredAt,
    dueAt: null,
    dueAllDay: false,
    dueZone: null,
    dueLocal: null,
    dueLeadMin: 1440,
    dueState: 'none',
    projectId: null,
    counterpartyIds: [],
    itemIds: [],
    author: { userId: null, name: 'Импорт' },
    source: null,
    payload: {},
    visibility: 'internal',
    departmentId: null,
    status: 'open',
    resolved: null,
    claim: null,
    snooze: null,
    deletedAt: null,
    counters: { comments: 0 },
    version: 1,
    rev: 1,
    ...more,
  };
}

export const noRefs = { projects: [], counterparties: [], users: [] };

export function testSnapshot(
  room: string,
  position: string,
  rows: SvodkaEvent[],
  next: string | null = null,
) {
  return {
    mode: 'snapshot',
    room,
    position,
    rows,
    next,
    refs: noRefs,
    count: { n: rows.length, exact: true },
    reset: false,
  } satisfies FeedSnapshot;
}

export function testFrame(room: string, prev: string, position: string, ...ops: FeedOp[]): FeedFrame {
  return { room, prev, position, ops, refs: noRefs };
}

import type { NoticeView } from '@svodka/shared/contracts/notice';
import { testEvent } from './events.ts';

/** A notice of an event, not seen yet. */
export const testNotice = (more: Partial<NoticeView> = {}): NoticeView => ({
  id: '01890000-0000-7000-8000-0000000000d3',
  userId: '01890000-0000-7000-8000-00000000000a',
  eventId: 'e',
  reason: 'occurred',
  role: 'manager',
  commentId: null,
  at: '2026-03-14T06:00:00.000Z',
  createdAt: '2026-03-14T06:00:00.000Z',
  seenAt: null,
  ruleIds: [],
  awaits: [],
  snooze: null,
  version: 1,
  event: testEvent('e', 0),
  comment: null,
  ...more,
});

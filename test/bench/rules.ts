/** How many changes a second are decided by a hundred rules, of which each change meets a few. Without the store. */
import { newId } from '@svodka/shared/contracts/id';
import { EVENT_TYPES } from '@svodka/shared/contracts/modules';
import { intentsOf } from '../../server/notices/decide.ts';
import type { EventImage, OrderImage } from '../../server/notices/rules/images.ts';
import { NOBODY } from '../../server/notices/rules/people.ts';
import { RuleSet } from '../../server/notices/rules/rule-set.ts';
import { startingRules } from '../../server/notices/rules/starting-rules.ts';
import { wordsOf } from '../../server/notices/rules/words.ts';
import { table } from './statistics.ts';

const CHANGES = 20_000;
const ZONE = 'Europe/Moscow';

export function benchRules(): void {
  const now = new Date();
  const starting = startingRules(now);
  const more = Array.from({ length: 100 - starting.length }, (_, n) => ({
    ...(starting[0] as (typeof starting)[0]),
    _id: newId(),
    filter: `type:${EVENT_TYPES[n % EVENT_TYPES.length]} importance>=${n % 2 ? 'normal' : 'high'}`,
    orders: n % 3 ? null : 'stage:ready',
  }));
  const rules = new RuleSet([...starting, ...more], { now, zone: ZONE });
  const order = {
    _id: newId(),
    managerId: newId(),
    appointedIds: [newId(), newId()],
    tz: ZONE,
    status: 'ready',
    line: { next: null, keys: {} },
  } as unknown as OrderImage;
  const event = (n: number): EventImage => ({
    _id: newId(),
    type: EVENT_TYPES[n % EVENT_TYPES.length] as EventImage['type'],
    module: 'system',
    importance: n % 5 ? 'normal' : 'high',
    occurredAt: now,
    recordedAt: now,
    dueAt: null,
    dueAllDay: false,
    dueZone: null,
    dueLeadMin: 1440,
    dueState: 'none',
    status: 'open',
    projectId: order._id,
    author: { userId: null },
    source: null,
    deletedAt: null,
  });
  const events = Array.from({ length: CHANGES }, (_, n) => event(n));
  let told = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (const after of events) {
    const words = wordsOf(rules, null, after, { order, now, at: now, zone: ZONE });
    told += intentsOf(words, { event: after, order, people: NOBODY }).length;
  }
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  table(
    'Decisions by 100 rules',
    ['changes', 'a second', 'a CPU second', 'notices'],
    [[CHANGES, Math.round(CHANGES / seconds), Math.round((CHANGES * 1e6) / (user + system)), told]],
  );
}

import { seeded } from './seeded.ts';

const ACTIVITIES = [
  'Registration',
  'T01 Check papers',
  'T02 Ask advice',
  'T03 Weigh advice',
  'T04 Decide',
  'T05 Send decision',
];
export const ROWS_OF_CASE = ACTIVITIES.length;

/** Rows that look like an event log of a permit process: cases with a deadline, activities, resources. */
export function permitLog({ cases, seed = 1 }: { cases: number; seed?: number }): string {
  const next = seeded(seed);
  const random = (n: number) => Math.floor(next() * n);
  const header =
    'case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:enddate_planned,case:group,case:responsible,case:startdate,concept:instance,concept:name,lifecycle:transition,org:group,org:resource,time:timestamp';
  const stamp = (at: number) => `${new Date(at).toISOString().slice(0, 23).replace('T', ' ')}000+00:00`;
  const lines = [header];
  let task = 1000;
  for (let i = 0; i < cases; i++) {
    const start = Date.UTC(
      2011,
      random(12),
      1 + random(28),
      8 + random(9),
      random(60),
      random(60),
      random(1000),
    );
    const deadline = stamp(start + 56 * 86_400_000);
    for (let step = 0; step < ROWS_OF_CASE; step++) {
      const at = start + step * (3_600_000 + random(86_400_000));
      lines.push(
        [
          'Internet',
          `permit-${i}`,
          deadline,
          'General',
          '',
          deadline,
          `Group ${random(8)}`,
          `Resource${random(40)}`,
          stamp(start),
          `step-${task++}`,
          ACTIVITIES[step],
          'complete',
          `Group ${random(8)}`,
          `Resource${random(40)}`,
          stamp(at),
        ].join(','),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

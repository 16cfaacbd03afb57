import { type MilestoneCode, PROJECT_STATUSES, type ProjectStatus } from '../../contracts/order-codes.ts';
import { type Milestone } from '../../contracts/orders.ts';
import type { Fact } from './facts.ts';

/** Where an order stands once a milestone is reached. Material that is set aside moves it no further by itself. */
const AFTER: readonly [MilestoneCode, ProjectStatus][] = [
  ['measure', 'calculation'],
  ['contract', 'prepayment'],
  ['prepay', 'supply'],
  ['launch', 'production'],
  ['ready', 'ready'],
  ['ship', 'installation'],
  ['install', 'act'],
  ['act', 'act'],
];

/** What moves it on between two milestones. */
const BY_FACT: Partial<Record<Fact['type'], ProjectStatus>> = {
  'measure.scheduled': 'measure',
  'order.calculated': 'contract',
  'quote.sent': 'contract',
  'shipment.prepared': 'shipment',
};

/** How far along a status is. */
export const rank = (status: ProjectStatus): number => PROJECT_STATUSES.indexOf(status);

/** The further one of two statuses. */
export const further = (a: ProjectStatus, b: ProjectStatus): ProjectStatus => (rank(a) < rank(b) ? b : a);

/** The milestones that an order of this status has behind it. */
export const passedBy = (status: ProjectStatus): MilestoneCode[] =>
  AFTER.flatMap(([code, after]) => {
    // That the act is awaited is the same status as that it was signed.
    const isPassed = rank(after) < rank(status) || (after === status && code !== 'act');
    return isPassed ? [code] : [];
  });

type Steps = readonly Pick<Milestone, 'code' | 'state'>[];

/**
 * The status of an order: as far as its facts have brought it, whatever they left out on the way. Closed, when everything
 * that it has is done.
 */
export function statusOf(milestones: Steps, facts: readonly Fact[]): ProjectStatus {
  const has = milestones.filter(({ state }) => state !== 'skipped');
  if (has.length > 0 && has.every(({ state }) => state === 'done')) return 'closed';
  const isDone = (code: MilestoneCode) => has.some((each) => each.code === code && each.state === 'done');
  const installs = has.some(({ code }) => code === 'install');
  const reached = AFTER.filter(([code]) => isDone(code)).map(([, status]) =>
    status === 'installation' && !installs ? 'shipment' : status,
  );
  const told = facts.flatMap(({ type }) => BY_FACT[type] ?? []);
  return [...reached, ...told].reduce<ProjectStatus>(further, 'request');
}

import { MILESTONE_CODES, type MilestoneCode, type OrderTemplate } from '../../contracts/order-codes.ts';
import { type ChainEdit, type Milestone, type MilestoneOwner } from '../../contracts/orders.ts';

type Needs = Milestone['needs'];

/** What each milestone waits for and how long after it, in working days, and who sees to it. */
const MILESTONES: Record<MilestoneCode, { needs: Needs; owner: MilestoneOwner }> = {
  measure: { needs: [], owner: 'measurer' },
  contract: { needs: [{ code: 'measure', lagWd: 2 }], owner: 'orders' },
  prepay: { needs: [{ code: 'contract', lagWd: 3 }], owner: 'finance' },
  // A day after the prepayment is to be there, and not after it is: what the store has is set aside without it.
  reserve: { needs: [{ code: 'contract', lagWd: 4 }], owner: 'warehouse' },
  launch: {
    needs: [
      { code: 'prepay', lagWd: 1 },
      { code: 'reserve', lagWd: 1 },
    ],
    owner: 'production',
  },
  ready: { needs: [{ code: 'launch', lagWd: 8 }], owner: 'fgwarehouse' },
  ship: { needs: [{ code: 'ready', lagWd: 1 }], owner: 'logistics' },
  install: { needs: [{ code: 'ship', lagWd: 1 }], owner: 'crew' },
  act: { needs: [{ code: 'install', lagWd: 0 }], owner: 'manager' },
  payment: { needs: [{ code: 'act', lagWd: 3 }], owner: 'finance' },
};

type Template = {
  /** Milestones that such an order does not have. */
  off: readonly MilestoneCode[];
  /** Milestones that are reached when every stage has reached them. */
  staged: readonly MilestoneCode[];
  /** Lags that differ. */
  lags: Partial<Record<MilestoneCode, number>>;
  /** How much of the contract the prepayment is. */
  prepayPercent: number;
};

export const TEMPLATES: Record<OrderTemplate, Template> = {
  private: { off: [], staged: [], lags: {}, prepayPercent: 70 },
  dealer: { off: ['measure', 'install', 'act'], staged: [], lags: {}, prepayPercent: 70 },
  facade: {
    off: [],
    staged: ['ready', 'ship', 'install', 'act'],
    lags: { contract: 5, ready: 20, install: 5 },
    prepayPercent: 50,
  },
  complaint: { off: ['contract', 'prepay', 'payment'], staged: [], lags: { ready: 5 }, prepayPercent: 0 },
};

/** What holds of what people have decided: the newest of each milestone, unless it was taken back. */
export function editsInForce(edits: readonly ChainEdit[]): Map<MilestoneCode, ChainEdit> {
  const inForce = new Map<MilestoneCode, ChainEdit>();
  for (const edit of edits) {
    if (edit.kind === 'undo') inForce.delete(edit.code);
    else inForce.set(edit.code, edit);
  }
  return inForce;
}

/**
 * Of a template, as people have changed it for one order: its milestones, what each waits for, and who sees to it. What
 * waits for one that is off waits for what that waits for.
 */
export function milestonesOf(template: OrderTemplate, edits: readonly ChainEdit[] = []) {
  const { lags } = TEMPLATES[template];
  const inForce = editsInForce(edits);
  const off = MILESTONE_CODES.filter((code) => {
    const kind = inForce.get(code)?.kind;
    return kind === 'skip' || (TEMPLATES[template].off.includes(code) && kind === undefined);
  });
  const needsOf = (code: MilestoneCode): Needs =>
    MILESTONES[code].needs.flatMap((need) => {
      const lagWd = lags[code] ?? need.lagWd;
      if (!off.includes(need.code)) return [{ code: need.code, lagWd }];
      return needsOf(need.code).map((beyond) => ({ code: beyond.code, lagWd }));
    });
  return MILESTONE_CODES.map((code) => ({
    code,
    isOff: off.includes(code),
    owner: MILESTONES[code].owner,
    needs: off.includes(code) ? [] : uniqueNeeds(needsOf(code)),
  }));
}

/** The milestones of one stage of several: lags are of the whole order, and stages are made one after the other. */
export const milestonesOfStage = (
  all: ReturnType<typeof milestonesOf>,
  { template, stage, of }: { template: OrderTemplate; stage: number; of: number },
): ReturnType<typeof milestonesOf> => {
  const { staged } = TEMPLATES[template];
  return all.map((milestone) => ({
    ...milestone,
    needs: staged.includes(milestone.code)
      ? milestone.needs.map(({ code, lagWd }) => ({
          code,
          lagWd: Math.ceil((lagWd * (staged.includes(code) ? 1 : stage)) / of),
        }))
      : milestone.needs,
  }));
};

const uniqueNeeds = (needs: Needs): Needs =>
  needs.filter(({ code }, i) => needs.findIndex((other) => other.code === code) === i);

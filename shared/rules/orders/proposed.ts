// What an event of an order most likely says, before anything is typed.
import type { EventType } from '../../contracts/modules.ts';
import type { MilestoneCode } from '../../contracts/order-codes.ts';
import type { OrderChain } from '../../contracts/orders.ts';
import type { Payload } from '../../contracts/payload.ts';
import { ENTERED_BY } from './fills.ts';
import { prepaymentOf } from './money.ts';

type Chain = Pick<OrderChain, 'template' | 'milestones' | 'money' | 'goods' | 'stages'>;

/** Fields of an event of this type, as far as the chain of its order tells them. */
export function proposedFor(type: EventType, chain: Chain): Payload {
  const all = { ...valuesOf(type, chain), ...stageFor(type, chain) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== 0));
}

function valuesOf(type: EventType, { template, milestones, money, goods, stages }: Chain) {
  const isStaged = stages.length > 1;
  const { contractKop = null, paidKop = 0, debtKop = null } = money ?? {};
  const install = milestones.find(({ code }) => code === 'install');
  const crew = isStaged ? null : (stages[0]?.work?.crew ?? null);
  switch (type) {
    case 'contract.signed':
      return { amountKop: contractKop };
    case 'payment.prepaid':
      return { amountKop: Math.max(0, prepaymentOf(contractKop ?? 0, template) - paidKop) };
    case 'payment.final':
      return { amountKop: Math.max(0, debtKop ?? 0) };
    case 'item.arrived':
      return isStaged ? {} : { total: goods.total };
    case 'items.complete':
      return isStaged ? {} : { ready: goods.total, total: goods.total };
    case 'shipment.out':
      return isStaged ? {} : { count: goods.arrived.n - goods.shipped.n };
    case 'work.planned':
      return { crew, startOn: install?.forecastOn ?? null };
    case 'install.confirmed':
      return { startOn: install?.forecastOn ?? null };
    case 'install.done':
    case 'install.failed':
      return { crew };
    default:
      return {};
  }
}

/** The first stage that has not come so far. */
function stageFor(type: EventType, { stages }: Chain): Payload {
  const at = (code: MilestoneCode) =>
    stages.find(({ milestones }) => milestones.some((each) => each.code === code && each.state !== 'done'));
  const staged = (['ready', 'ship', 'install', 'act'] as const).find((code) =>
    ENTERED_BY[code].includes(type),
  );
  const stage = staged && at(staged)?.stage;
  return stage === undefined ? {} : { stage };
}

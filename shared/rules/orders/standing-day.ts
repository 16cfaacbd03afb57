// By which day of its installation an order stands: for whoever is told one day and no other.
import type { Cause, Milestone, OrderChain } from '../../contracts/orders.ts';
import { dayOf, type Fact, movesOff } from './facts.ts';
import { PLANNED_BY, PROMISED_BY } from './fills.ts';
import { stageOf } from './stages.ts';
import { TEMPLATES } from './templates.ts';
import type { Day } from './working-days.ts';

type Order = Pick<OrderChain, 'template' | 'milestones'> & { facts: readonly Fact[] };

type Word = { on: Day; at: number; isBefore(fact: Fact): boolean };

/**
 * The day that people have named last, by a promise or by a plan; null: none. A move to no day unsettles it, and so does
 * what was recorded since and stands in its way; that the house expects to be late for no such reason does not.
 */
export function standingDay(order: Order): { on: Day; isUnsettled: boolean } | null {
  const install = order.milestones.find(({ code }) => code === 'install');
  const word = install && lastWord(order, install);
  if (!word) return null;
  const isSince = ({ code, kind, fact: named }: Cause): boolean => {
    if (kind !== 'held' && kind !== 'set') return false;
    const fact = named?.eventId ? order.facts.find(({ id }) => id === named.eventId) : undefined;
    if (fact) return word.isBefore(fact);
    const edit = order.milestones.find((each) => each.code === code)?.edit;
    return edit?.kind === 'move' && Date.parse(edit.at) > word.at;
  };
  const isLater = install.forecastOn !== null && install.forecastOn > word.on;
  return {
    on: word.on,
    isUnsettled:
      order.facts.some((fact) => movesOff(fact) && word.isBefore(fact)) ||
      (isLater && install.why.some(isSince)),
  };
}

function lastWord({ template, facts }: Order, { edit }: Milestone): Word | null {
  const last = (types: readonly string[] = [], isMeant: (fact: Fact) => boolean = () => true) =>
    facts.findLastIndex((fact) => types.includes(fact.type) && dayOf(fact) !== null && isMeant(fact));
  const promised = facts[last(PROMISED_BY.install)];
  // A plan of another stage moves nothing of the one that was promised.
  const isStaged = TEMPLATES[template].staged.includes('install');
  const planned = last(
    PLANNED_BY.install,
    (fact) => !isStaged || !promised || stageOf(fact) === stageOf(promised),
  );
  const place = Math.max(last(PROMISED_BY.install), planned);
  const fact = facts[place];
  const at = edit?.kind === 'move' ? Date.parse(edit.at) : 0;
  if (edit?.kind === 'move' && edit.on !== null && !(fact && fact.at > at))
    return { on: edit.on, at, isBefore: (other) => other.at > at };
  if (!fact) return null;
  // Of one moment the order of the facts tells which was later.
  return {
    on: fact.payload.startOn as Day,
    at: fact.at,
    isBefore: (other) => facts.indexOf(other) > place,
  };
}

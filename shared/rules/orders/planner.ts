import { addWorkingDays, type Calendar, type Day, workingDayFrom } from './working-days.ts';

/** `doneOn`: it is over, and stays where it is, on whatever day that was. `notBefore`: what else it waits for. */
export type Step<C extends string> = {
  code: C;
  needs: readonly { code: C; lagWd: number }[];
  doneOn?: Day | null;
  notBefore: Day;
};

/** `after`: which of the things that it needs made it so late; null: none of them. */
export type Planned<C extends string> = { on: Day; after: C | null };

/**
 * The earliest day of each step, working days only: after all that it needs, each with its lag.
 * @throws Error for steps that wait for each other, and for a need that is no step
 */
export function plan<C extends string>(steps: readonly Step<C>[], calendar?: Calendar): Map<C, Planned<C>> {
  const byCode = new Map(steps.map((step) => [step.code, step]));
  const planned = new Map<C, Planned<C>>();
  const visiting = new Set<C>();
  const place = (code: C): Planned<C> => {
    const known = planned.get(code);
    if (known) return known;
    const step = byCode.get(code);
    if (!step) throw new Error(`no step ${code}`);
    if (visiting.has(code)) throw new Error(`a cycle at ${code}`);
    visiting.add(code);
    let on = workingDayFrom(step.notBefore, calendar);
    let after: C | null = null;
    for (const need of step.needs) {
      const earliest = addWorkingDays(place(need.code).on, need.lagWd, calendar);
      if (earliest > on || (earliest === on && after === null)) {
        on = earliest;
        after = need.code;
      }
    }
    visiting.delete(code);
    const result = { on: step.doneOn ?? on, after };
    planned.set(code, result);
    return result;
  };
  for (const { code } of steps) place(code);
  return planned;
}

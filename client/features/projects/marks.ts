// The states of milestones as shapes of their own, told apart without colours too. Those of a chain that are in one state
// are one path: ten drawings of their own in each of thousands of rows cost more than the rest of the row.
import type { MilestoneState } from '@svodka/shared/contracts/orders';

/** How wide and high a mark is in the units of its drawing. */
export const MARK = 14;

const box = (x: number) => `M${x + 4} 1h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3h-6a3 3 0 0 1-3-3v-6a3 3 0 0 1 3-3z`;

/** What stands in the box, or without one. */
const SIGNS: Record<MilestoneState, (x: number) => string> = {
  planned: () => '',
  done: (x) => `M${x + 3.8} 7.3l2.2 2.2 4.2-4.6`,
  overdue: (x) => `M${x + 7} 3.4v4.4M${x + 7} 10.2v.5`,
  blocked: (x) => `M${x + 4.3} 4.3l5.4 5.4M${x + 9.7} 4.3l-5.4 5.4`,
  due: (x) => `M${x + 4.2} 7a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0z`,
  approaching: (x) => `M${x + 1.8} 12.2L${x + 12.2} 1.8V10a2.2 2.2 0 0 1-2.2 2.2z`,
  skipped: (x) => `M${x + 3} 7h8`,
};

export type Drawn = { state: MilestoneState; box: string; sign: string };
const known = new Map<string, readonly Drawn[]>();

/** The marks of some milestones side by side, `gap` units apart. */
export function drawn(states: readonly MilestoneState[], gap: number): readonly Drawn[] {
  const key = `${gap} ${states.join()}`;
  let paths = known.get(key);
  if (!paths) {
    const places = states.map((state, i) => ({ state, x: i * (MARK + gap) }));
    paths = [...new Set(states)].map((state) => {
      const own = places.filter((each) => each.state === state);
      return {
        state,
        box: state === 'skipped' ? '' : own.map(({ x }) => box(x)).join(''),
        sign: own.map(({ x }) => SIGNS[state](x)).join(''),
      };
    });
    if (known.size > 2_000) known.clear();
    known.set(key, paths);
  }
  return paths;
}

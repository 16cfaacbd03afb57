import type { CrewColor } from '@svodka/shared/contracts/crews';

/** Colours that pass on every surface in both themes; those of the modules are, and there are as many. */
const COLORS: Record<CrewColor, string> = {
  green: '--m-finance',
  blue: '--m-orders',
  violet: '--m-measure',
  amber: '--m-calendar',
  cyan: '--m-fgwarehouse',
  olive: '--m-multiwarehouse',
  pink: '--m-production',
  orange: '--m-install',
  indigo: '--m-mail',
  slate: '--m-system',
};

/** The colour of a crew; of one that nobody knows, a grey. */
export const crewColor = (color: CrewColor | undefined): string => `var(${COLORS[color ?? 'slate']})`;

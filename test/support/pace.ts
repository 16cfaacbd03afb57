// How long a wait may last on this machine, now: the one place that knows that others use it too. Waits end with what
// they wait for, so a longer one costs time only where the answer is missing.
import { availableParallelism, loadavg } from 'node:os';

/** Beyond this a machine is not busy but stands still. */
export const SLOWEST = 6;

/** How many times longer than on a quiet machine: work that waits, for each processor. */
export function pace(): number {
  const [lastMinute = 0] = loadavg(); // zeros where the system does not say
  return Math.min(SLOWEST, Math.max(1, lastMinute / availableParallelism()));
}

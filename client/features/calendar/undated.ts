// Installations of which nobody has named a day, as they lie in the tray: at the day that their order's forecast gives.
import type { Installation } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';

/** What an order has in the tray: each stage that waits for a day. */
export function undatedOf({ id, line }: Project, todayOn: string): Installation[] {
  const of = (code: 'ready' | 'install') => line.milestones.find((each) => each.code === code);
  const [ready, install] = [of('ready'), of('install')];
  const on = install?.forecastOn ?? todayOn;
  return line.undated.map((stage) => ({
    projectId: id,
    stage,
    stages: line.stages,
    startOn: on,
    finishOn: on,
    crew: null,
    isPlanned: false,
    state: 'planned',
    promisedOn: null,
    slipWd: install?.slipWd ?? 0,
    goods: {
      done: ready?.progress.done ?? 0,
      total: ready?.progress.total ?? null,
      isReady: ready === undefined || ready.state === 'done' || ready.state === 'skipped',
      readyOn: ready?.forecastOn ?? null,
    },
    plannedBy: null,
  }));
}

/** Neither planned nor promised: it is nowhere yet. */
export const isUndated = ({ isPlanned, promisedOn, plannedBy }: Installation): boolean =>
  !isPlanned && promisedOn === null && plannedBy === null;

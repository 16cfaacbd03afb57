// What is in no hurry is drawn together. A frame costs a page more than what changes in it, so the end of a tint and
// the numbers of the left column, which follow one event at different times, share one.

const STEP_MS = 300;

const waiting = new Map<() => void, number>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** The end of the step of the clock in which `ms` from now lies. */
const stepAfter = (ms: number) => Math.ceil((Date.now() + ms) / STEP_MS) * STEP_MS;

function wake(): void {
  clearTimeout(timer);
  const soonest = Math.min(...waiting.values());
  if (soonest === Number.POSITIVE_INFINITY) return;
  timer = setTimeout(() => {
    for (const [run, at] of waiting) {
      if (at > soonest) continue;
      waiting.delete(run);
      run();
    }
    wake();
  }, soonest - Date.now());
}

/** Runs it no earlier than in `ms`, together with whatever else is due about then. The result takes it back. */
export function calmly(run: () => void, ms: number): () => void {
  waiting.set(run, stepAfter(ms));
  wake();
  return () => waiting.delete(run);
}

const AT_LEAST_MS = 10_000;

/**
 * Calls when somebody comes back to the page: what no message tells of may have changed meanwhile. Call the result
 * when it is no longer wanted.
 */
export function whenBack(run: () => void): () => void {
  let last = performance.now();
  const look = () => {
    if (document.visibilityState !== 'visible' || performance.now() - last < AT_LEAST_MS) return;
    last = performance.now();
    run();
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    removeEventListener('focus', look);
  };
}

// Parts of screens that the first screen does not need. They are fetched as soon as that is drawn, so that they open at
// once, and without a connection too; or when they are opened before that.

/** Asked again after a failure. */
function fetched<T>(load: () => Promise<T>): () => Promise<T> {
  let fetching: Promise<T> | null = null;
  return () => {
    fetching ??= load().catch((error: unknown) => {
      fetching = null;
      throw error;
    });
    return fetching;
  };
}

export const eventForm = fetched(() => import('../event/EventForm.svelte'));
export const viewDialog = fetched(() => import('../shell/ViewDialog.svelte'));
export const keySheet = fetched(() => import('../shell/KeySheet.svelte'));

/** @returns gives it up */
export function fetchPartsSoon(): () => void {
  const timer = setTimeout(() => {
    for (const part of [eventForm, viewDialog, keySheet]) part().catch(() => undefined);
  });
  return () => clearTimeout(timer);
}

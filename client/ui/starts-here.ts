/** The title of a screen or list that was just opened, while the focus is there. */
let opened: Element | null = null;

/** Nobody has gone anywhere yet: the focus is nowhere, or still where the screen itself has put it. */
export const isNowhere = (): boolean =>
  document.activeElement === document.body || (opened !== null && document.activeElement === opened);

/** Puts the focus on a title: what was opened is read out, and Tab goes on from there. */
export function standAt(title: HTMLElement): void {
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  opened = title;
}

/**
 * Whoever has come to a screen by a key is at its title, and need not go through the column first. A page that was just
 * loaded keeps its link past the column.
 */
export function startsHere(main: HTMLElement): void {
  if (!isNowhere() || !navigator.userActivation?.hasBeenActive) return;
  const title = main.querySelector<HTMLElement>('h1');
  if (title) standAt(title);
}

/**
 * Tab goes on from here: whoever has come to a screen by a key need not go through the column first. Nothing is given
 * the focus, and a page that was just loaded keeps its link past the column.
 */
export function startsHere(main: HTMLElement): void {
  if (document.activeElement !== document.body || !navigator.userActivation?.hasBeenActive) return;
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  main.blur();
  main.removeAttribute('tabindex');
}

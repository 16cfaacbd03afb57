const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';
/** These give the focus back themselves. */
const FLOATS = '[popover], dialog';

/**
 * For bars and forms whose buttons take themselves away, as one does that drops a condition: the focus goes to what
 * stood next to it, and not nowhere.
 */
export function keepsFocus(root: HTMLElement): () => void {
  let at: Element | null = null;
  let stops: HTMLElement[] = [];

  function came({ target }: FocusEvent) {
    at = target instanceof Element && !target.closest(FLOATS) ? target : null;
    stops = at ? [...root.querySelectorAll<HTMLElement>(STOPS)] : [];
  }
  /** What is taken out of the page is not left: some browsers say so, some do not, and it is out only after that. */
  function left() {
    queueMicrotask(() => {
      if (at?.isConnected && !root.contains(document.activeElement)) at = null;
    });
  }
  function goOn() {
    if (!at || at.isConnected || document.activeElement !== document.body) return;
    const gone = stops.indexOf(at as HTMLElement);
    const isThere = (stop: HTMLElement) => stop.isConnected && !stop.matches(':disabled');
    const next = stops.slice(gone + 1).find(isThere) ?? stops.slice(0, Math.max(0, gone)).findLast(isThere);
    next?.focus({ preventScroll: true });
  }
  /** After whoever has taken it away: a field that was opened gives the focus back to where it was opened from. */
  function changed() {
    if (at && !at.isConnected) setTimeout(goOn);
  }

  const observer = new MutationObserver(changed);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', came);
  root.addEventListener('focusout', left);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', came);
    root.removeEventListener('focusout', left);
  };
}

// The focus in the list goes with the ring, comes back to it from what lay over the list, and never stays in a row that
// has left.
import { onDestroy, untrack } from 'svelte';
import type { DeskState } from '../../state/desk.svelte.ts';
import { isNowhere } from '../../ui/starts-here.ts';

/** Ghosts are under the pointer like others, and take no focus. */
export const idUnder = (target: EventTarget | null, name: 'data-row' | 'data-id') =>
  (target as Element | null)?.closest?.(`[${name}]`)?.getAttribute(name) ?? null;

export function focusRow(id: string): void {
  document
    .querySelector<HTMLElement>(`.events [data-id="${CSS.escape(id)}"]`)
    ?.focus({ preventScroll: true });
}

type List = {
  /** Shows a row, and puts the focus there. */
  reveal: (id: string) => void;
  /** Read where what is drawn matters. */
  drawn: () => unknown;
};

/** To be called while the list is set up. */
export function listFocus(desk: DeskState, { reveal, drawn }: List) {
  /** The row from which the focus has left the list. */
  let leftAt: string | null = null;

  $effect(() => {
    const ring = desk.rows?.ring ?? null;
    void drawn();
    if (ring === null || !untrack(() => desk.hand.focus)) return;
    const focused = document.activeElement;
    if (!isNowhere() && focused?.closest('.events') === null) return;
    if (focused?.getAttribute('data-id') !== ring) focusRow(ring);
  });

  // What is taken out of the page says neither that the pointer has left it nor that it has lost the focus.
  onDestroy(() => {
    desk.pointerAt(null, false);
    desk.focusAt(null);
  });

  return {
    /** Of what is scrolled: the row with the focus may be drawn no more. */
    check(event: Event) {
      if (!(event.currentTarget as Element).contains(document.activeElement)) desk.focusAt(null);
    },

    /** A row was pointed at: it is meant, whatever the ring has done. */
    chosen() {
      leftAt = null;
    },

    /**
     * What lay over the list gives the focus back where it was; where the ring has gone on meanwhile, it goes on too.
     * Asked a moment later: what is being taken away is told the state of the page as it was before.
     */
    came({ target }: FocusEvent) {
      const id = idUnder(target, 'data-id');
      const isBack = id !== null && id === leftAt;
      leftAt = null;
      if (!isBack) return desk.focusAt(id);
      queueMicrotask(() => {
        if (document.activeElement !== target) return;
        const { ring = null, order = [] } = desk.rows ?? {};
        if (ring !== null && ring !== id && order.some((row) => row.id === ring)) reveal(ring);
        else desk.focusAt(id);
      });
    },

    /** A row that had the focus and was drawn anew elsewhere: it goes on in the row with the ring, instead of nowhere. */
    left(event: FocusEvent) {
      const { target, relatedTarget } = event;
      if ((event.currentTarget as Element).contains(relatedTarget as Node | null)) return;
      leftAt = idUnder(target, 'data-id');
      desk.focusAt(null);
      if (relatedTarget !== null) return;
      requestAnimationFrame(() => {
        const isGone = target instanceof Element && !target.isConnected;
        const ring = desk.rows?.ring;
        if (isGone && isNowhere() && ring) focusRow(ring);
      });
    },
  };
}

// What a finger does with a row: held, it asks for the menu; drawn aside, it does what the key R does. The list itself
// scrolls as ever (`touch-action: pan-y` on the rows leaves only sideways to this).
import type { Attachment } from 'svelte/attachments';

type Options = {
  onmenu: (row: HTMLElement, at: { x: number; y: number }) => void;
  /** What drawing it aside would do; null: nothing, it does not move. */
  swipe: (id: string) => string | null;
  onswipe: (id: string) => void;
};

const HELD_MS = 500;
const SLOP_PX = 10;
const ENOUGH_PX = 96;

type Touch = { id: number; row: HTMLElement; x: number; y: number; swiping: boolean };

export function rowTouch({ onmenu, swipe, onswipe }: Options): Attachment<HTMLElement> {
  return (list) => {
    let touch: Touch | null = null;
    let held: ReturnType<typeof setTimeout> | undefined;
    /** The finger has already done something: what the browser makes of it afterwards is not a click. */
    let spent = false;

    const end = () => {
      clearTimeout(held);
      if (touch) {
        touch.row.classList.remove('swiping');
        touch.row.style.translate = '';
        touch.row.parentElement?.removeAttribute('data-swipe');
      }
      touch = null;
    };
    const down = (event: PointerEvent) => {
      end();
      if (event.pointerType !== 'touch' || !event.isPrimary) return;
      spent = false;
      const row = (event.target as Element).closest<HTMLElement>('[data-id]');
      if (!row) return;
      const { clientX: x, clientY: y } = event;
      touch = { id: event.pointerId, row, x, y, swiping: false };
      held = setTimeout(() => {
        spent = true;
        end();
        onmenu(row, { x, y });
      }, HELD_MS);
    };
    const move = (event: PointerEvent) => {
      if (!touch || event.pointerId !== touch.id) return;
      const dx = event.clientX - touch.x;
      const dy = event.clientY - touch.y;
      if (!touch.swiping) {
        if (Math.hypot(dx, dy) < SLOP_PX) return;
        clearTimeout(held);
        const word = swipe(touch.row.dataset.id ?? '');
        if (Math.abs(dx) < Math.abs(dy) * 1.5 || word === null) return end();
        touch.swiping = true;
        touch.row.classList.add('swiping');
        touch.row.parentElement?.setAttribute('data-swipe', word);
        list.setPointerCapture(event.pointerId);
      }
      touch.row.style.translate = `${dx}px`;
      touch.row.parentElement?.toggleAttribute('data-enough', Math.abs(dx) >= ENOUGH_PX);
    };
    const up = (event: PointerEvent) => {
      if (!touch || event.pointerId !== touch.id) return;
      const { swiping, row, x } = touch;
      const far = Math.abs(event.clientX - x) >= ENOUGH_PX;
      row.parentElement?.removeAttribute('data-enough');
      spent ||= swiping;
      end();
      if (swiping && far && event.type === 'pointerup') onswipe(row.dataset.id ?? '');
    };
    const click = (event: MouseEvent) => {
      if (!spent) return;
      spent = false;
      event.stopPropagation();
      event.preventDefault();
    };
    // The menu of a held finger is ours, at the same moment in every browser.
    const context = (event: MouseEvent) => {
      if (!touch && !spent) return;
      event.stopPropagation();
      event.preventDefault();
    };

    const listen: [string, (event: never) => void, boolean][] = [
      ['pointerdown', down, false],
      ['pointermove', move, false],
      ['pointerup', up, false],
      ['pointercancel', up, false],
      ['click', click, true],
      ['contextmenu', context, true],
    ];
    for (const [type, listener, capture] of listen)
      list.addEventListener(type, listener as EventListener, capture);
    return () => {
      end();
      for (const [type, listener, capture] of listen)
        list.removeEventListener(type, listener as EventListener, capture);
    };
  };
}

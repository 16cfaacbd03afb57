import type { Attachment } from 'svelte/attachments';

export type Placement = 'below-start' | 'below-end' | 'below-match' | 'point';
/** An element, or a place in the window. */
export type Anchor = HTMLElement | { x: number; y: number; width?: number; height?: number };

const GAP = 4;
const EDGE = 8;

function boxOf(anchor: Anchor): { left: number; right: number; top: number; bottom: number; width: number } {
  if (anchor instanceof HTMLElement) return anchor.getBoundingClientRect();
  const { x, y, width = 0, height = 0 } = anchor;
  return { left: x, right: x + width, top: y, bottom: y + height, width };
}

/**
 * Where `element` belongs: beside its anchor, above it when there is no room below. An element is an anchor that stays
 * uncovered; a place may be covered by what is higher than the room beside it.
 */
function beside(element: HTMLElement, anchor: Anchor, placement: Placement): { left: number; top: number } {
  const box = boxOf(anchor);
  const { style } = element;
  if (placement === 'below-match') style.width = `${Math.max(box.width, 180)}px`;
  const gap = placement === 'point' ? 0 : GAP;
  const below = innerHeight - box.bottom - gap - EDGE;
  const above = box.top - gap - EDGE;
  const room = innerHeight - 2 * EDGE;
  const most = anchor instanceof HTMLElement ? Math.min(Math.max(below, above), room) : room;
  style.maxHeight = `${Math.max(120, most)}px`;
  const { offsetWidth: width, offsetHeight: height } = element;
  return {
    left: placement === 'below-end' ? box.right - width : box.left,
    top: height <= below || below >= above ? box.bottom + gap : box.top - gap - height,
  };
}

/** Puts `element` there, or as near as the window allows. */
function put(
  { style, offsetWidth, offsetHeight }: HTMLElement,
  { left, top }: { left: number; top: number },
): void {
  style.left = `${Math.max(EDGE, Math.min(left, innerWidth - offsetWidth - EDGE))}px`;
  style.top = `${Math.max(EDGE, Math.min(top, innerHeight - offsetHeight - EDGE))}px`;
}

/**
 * Shows an element with the `popover` attribute in the top layer, beside `anchor`, and keeps it there: beside an
 * element wherever that goes, at a place whatever grows in it. In the top layer it stands over dialogs and is cut off
 * by nothing. While it stands, the keys of the screen are silent (`data-floats`, see `state/keys.svelte.ts`).
 */
export function floating(
  anchor: () => Anchor | null | undefined,
  placement: Placement,
): Attachment<HTMLElement> {
  return (element) => {
    const target = anchor();
    if (!target) return;
    element.dataset.floats = '';
    element.showPopover?.();
    let at = beside(element, target, placement);
    const update = () => {
      if (target instanceof HTMLElement) at = beside(element, target, placement);
      put(element, at);
    };
    update();
    const resized = new ResizeObserver(update);
    resized.observe(element);
    addEventListener('resize', update);
    addEventListener('scroll', update, { capture: true, passive: true });
    return () => {
      resized.disconnect();
      removeEventListener('resize', update);
      removeEventListener('scroll', update, { capture: true });
    };
  };
}

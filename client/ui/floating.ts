import type { Attachment } from 'svelte/attachments';

export type Placement = 'below-start' | 'below-end' | 'below-match' | 'point';
export type Anchor = HTMLElement | { x: number; y: number };

const GAP = 4;
const EDGE = 8;

function boxOf(anchor: Anchor): { left: number; right: number; top: number; bottom: number; width: number } {
  if (anchor instanceof HTMLElement) return anchor.getBoundingClientRect();
  return { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y, width: 0 };
}

/** Puts `element` beside its anchor, above it when there is no room below, always inside the window. */
function place(element: HTMLElement, anchor: Anchor, placement: Placement): void {
  const box = boxOf(anchor);
  const { style } = element;
  if (placement === 'below-match') style.width = `${Math.max(box.width, 180)}px`;
  const gap = placement === 'point' ? 0 : GAP;
  const below = innerHeight - box.bottom - gap - EDGE;
  const above = box.top - gap - EDGE;
  style.maxHeight = `${Math.max(120, Math.max(below, above))}px`;
  const { offsetWidth: width, offsetHeight: height } = element;
  const left = placement === 'below-end' ? box.right - width : box.left;
  style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  style.top =
    height <= below || below >= above
      ? `${Math.min(box.bottom + gap, Math.max(EDGE, innerHeight - height - EDGE))}px`
      : `${Math.max(EDGE, box.top - gap - height)}px`;
}

/**
 * Shows an element with the `popover` attribute in the top layer, beside `anchor`, and keeps it there. In the top
 * layer it stands over dialogs and is cut off by nothing. While it stands, the keys of the screen are silent
 * (`data-floats`, see `state/keys.svelte.ts`).
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
    const update = () => place(element, target, placement);
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

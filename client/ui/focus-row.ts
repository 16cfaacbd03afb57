import { flushSync } from 'svelte';

/**
 * Puts the focus on a row that a key went to, before the next key: a frame later it would be too late. Until then Enter
 * would press whatever link had the focus, and a focus that comes late would take the ring back with it.
 * Not from an effect: what changed is drawn here.
 */
export function focusRow(list: ParentNode | undefined, row: string): HTMLElement | null {
  flushSync();
  const element = list?.querySelector<HTMLElement>(row) ?? null;
  element?.focus({ preventScroll: true });
  return element;
}

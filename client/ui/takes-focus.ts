import { isNowhere } from './starts-here.ts';

/** For the one thing to press on a page that holds nothing else: the keyboard need not look for it. */
export function takesFocus(element: HTMLElement): void {
  if (isNowhere()) element.focus();
}

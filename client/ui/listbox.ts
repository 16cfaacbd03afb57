/** The id of line `i` of the list `list`, which `aria-activedescendant` of the element with the focus names. */
export const lineId = (list: string, i: number): string => `${list}-${i}`;

/** Scrolls as little as is needed for line `i` to be seen. */
export function revealLine(list: string, i: number): void {
  document.getElementById(lineId(list, i))?.scrollIntoView({ block: 'nearest' });
}

/** Shows the one of a row or column that is on, where there is no room for all of them. */
export const inSight = (isOn: boolean) => (link: HTMLElement) => {
  if (isOn) link.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
};

import { MediaQuery } from 'svelte/reactivity';

/** One column, two-line rows, tabs at the bottom. The same width stands in the style sheets. */
const narrow = new MediaQuery('max-width: 760px');

export const screen = {
  get narrow(): boolean {
    return narrow.current;
  },
};

import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { flushSync, mount, unmount } from 'svelte';
import SheetOnPaper from './SheetOnPaper.svelte';

let last = () => {};

/**
 * Prints a measurement sheet by itself. It stands beside the page and is seen on paper only, until the browser says that
 * it has printed; one that does not say so keeps it until the next.
 */
export function printSheet(event: SvodkaEvent): void {
  last();
  const sheet = mount(SheetOnPaper, { target: document.body, props: { event } });
  flushSync();
  const done = () => {
    removeEventListener('afterprint', done);
    last = () => {};
    void unmount(sheet);
  };
  last = done;
  addEventListener('afterprint', done);
  print();
}

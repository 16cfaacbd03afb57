import type { LucideProps } from '@lucide/svelte';
import { type Component, flushSync, mount, unmount } from 'svelte';

/** One icon of lucide, imported by its own file: `import Flame from '@lucide/svelte/icons/flame'`. */
export type IconComponent = Component<LucideProps>;

const drawn = new Map<IconComponent, Node>();

/** The picture of an icon, as large as what it is put into. A list shows hundreds: each kind is drawn once and copied. */
export function pictureOf(icon: IconComponent): Node {
  let picture = drawn.get(icon);
  if (!picture) {
    const target = document.createElement('span');
    const props = { size: '100%', strokeWidth: 1.75, 'aria-hidden': true as const };
    const made = flushSync(() => mount(icon, { target, props }));
    picture = target.querySelector('svg')?.cloneNode(true) ?? document.createTextNode('');
    void unmount(made);
    drawn.set(icon, picture);
  }
  return picture.cloneNode(true);
}

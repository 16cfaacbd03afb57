import { untrack } from 'svelte';
import { type Binding, keys } from '../../state/keys.svelte.ts';

/** Lets j, k and the arrows walk the links of a short list that is drawn whole; Enter is the link's own. */
export function walk(list: HTMLElement): () => void {
  const step = (by: number) => () => {
    const links = [...list.querySelectorAll<HTMLElement>(':scope > li > a')];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + by))];
    if (!next) return false;
    next.focus();
  };
  const [down, up] = [
    { label: 'keys.down', group: 'keys.group.screen', run: step(1) },
    { label: 'keys.up', group: 'keys.group.screen', run: step(-1) },
  ] satisfies Omit<Binding, 'code' | 'shown'>[];
  return untrack(() =>
    keys.add([
      { code: 'KeyJ', shown: 'J', ...down },
      { code: 'KeyK', shown: 'K', ...up },
      { code: 'ArrowDown', shown: '↓', ...down },
      { code: 'ArrowUp', shown: '↑', ...up },
    ] as Binding[]),
  );
}

import { untrack } from 'svelte';
import { type Binding, keys } from '../../state/keys.svelte.ts';

/**
 * The keys that go one on, or one back.
 * @param page how many are in sight: those that go by so many, and to either end
 */
export function stepping(step: (by: number) => unknown, page?: () => number): Binding[] {
  const group = 'keys.group.screen';
  const pages = { label: 'keys.page', group } satisfies Partial<Binding>;
  const ends = { label: 'keys.ends', group } satisfies Partial<Binding>;
  const down = { label: 'keys.down', group, run: () => step(1) } satisfies Partial<Binding>;
  const up = { label: 'keys.up', group, run: () => step(-1) } satisfies Partial<Binding>;
  return [
    { code: 'KeyJ', shown: 'J', ...down },
    { code: 'KeyK', shown: 'K', ...up },
    { code: 'ArrowDown', shown: '↓', ...down },
    { code: 'ArrowUp', shown: '↑', ...up },
    ...(page
      ? [
          { code: 'PageDown', shown: 'PgDn', ...pages, run: () => step(page()) },
          { code: 'PageUp', shown: 'PgUp', ...pages, run: () => step(-page()) },
          { code: 'Home', shown: 'Home', ...ends, run: () => step(Number.NEGATIVE_INFINITY) },
          { code: 'End', shown: 'End', ...ends, run: () => step(Number.POSITIVE_INFINITY) },
        ]
      : []),
  ];
}

/** Keys that walk through what can be opened on a screen, in its order; Enter is the link's own. */
export const walking = (stops: () => HTMLElement[]): Binding[] =>
  stepping((by) => {
    const all = stops();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
    if (!next) return false;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

/** The same for the links of a short list that is drawn whole. */
export const walk = (list: HTMLElement): (() => void) =>
  untrack(() => keys.add(walking(() => [...list.querySelectorAll<HTMLElement>(':scope > li > a')])));

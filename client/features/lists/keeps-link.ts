import { untrack } from 'svelte';
import { places } from '../../state/places.ts';
import { router } from '../../state/router.svelte.ts';
import { isNowhere } from '../../ui/starts-here.ts';

/**
 * Whoever comes back to a screen of links is on the one that they went by, as soon as it is drawn; who has gone elsewhere
 * meanwhile stays there.
 */
export const keepsLink = (root: HTMLElement): (() => void) =>
  untrack(() => {
    const left = places.take<{ href: string }>();
    let href = left?.href ?? null;
    const hear = ({ target }: FocusEvent) => {
      href = (target as Element).closest('a')?.getAttribute('href') ?? href;
    };
    const find = () => {
      const link = left && root.querySelector<HTMLElement>(`a[href="${CSS.escape(left.href)}"]`);
      if (!link) return;
      observer.disconnect();
      if (isNowhere()) link.focus();
    };
    const observer = new MutationObserver(find);
    if (left) observer.observe(root, { childList: true, subtree: true });
    find();
    root.addEventListener('focusin', hear);
    const unkeep = places.keep(router.path, () => (href === null ? null : { href }));
    return () => {
      observer.disconnect();
      root.removeEventListener('focusin', hear);
      unkeep();
    };
  });

import type { DeskState } from '../../state/desk.svelte.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { viewName } from '../../state/views.svelte.ts';
import { aboutAt, isForbidden, screenAt } from '../screens.ts';

/** What stands at a path, in the words that a tab, a bookmark and the browser's history tell it apart by. */
export function pageName(path: string, desk: DeskState): string {
  const screen = screenAt(path);
  if (screen) {
    const about = aboutAt(path);
    const order = refs.project(about?.projectId);
    const party = refs.counterparty(about?.counterpartyIds?.[0]);
    const section = screen.section?.label ?? screen.name;
    return order ? `№ ${order.number}` : (party?.name ?? (section ? t(section) : ''));
  }
  if (isForbidden(path)) return t('screens.forbidden');
  if (path !== '/' && !path.startsWith('/events/')) return t('screens.unknown');
  return desk.view && !desk.modified ? viewName(desk.view) : t('filter.bar.adhoc');
}

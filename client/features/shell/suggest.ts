import Contact from '@lucide/svelte/icons/contact';
import CornerDownRight from '@lucide/svelte/icons/corner-down-right';
import FolderKanban from '@lucide/svelte/icons/folder-kanban';
import List from '@lucide/svelte/icons/list';
import { inOtherLayout } from '@svodka/shared/filter/keyboard';
import { fold } from '@svodka/shared/filter/terms';
import { toText } from '@svodka/shared/filter/text';
import { api } from '../../api/rest.ts';
import { t } from '../../state/i18n.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { STANDARD_VIEWS, viewName, views } from '../../state/views.svelte.ts';
import type { Choice } from '../../ui/combobox.ts';
import { searchCounterparties, searchProjects } from '../event/search.ts';
import { screens } from '../screens.ts';

/** What a search may have meant. Each leads to a page that has something on it. */
export type Suggestion = Choice & { group: string; run: () => void };

const MOST = 4;

const to = (address: string) => () => router.go(address);

/** Screens and feeds whose name has the words in it; all of them for none. */
export function places(words: string): Suggestion[] {
  const wanted = fold(words.trim());
  const other = inOtherLayout(wanted);
  const all = [
    ...STANDARD_VIEWS.map((view) => ({ label: viewName(view), address: `/?view=${view.key}` })),
    ...views.items.map((view) => ({ label: viewName(view), address: `/?view=${view.id}` })),
    ...screens().flatMap(({ path, section }) =>
      section ? [{ label: t(section.label), address: `/${path}` }] : [],
    ),
  ];
  return all
    .filter(({ label }) => [wanted, other].some((part) => part !== null && fold(label).includes(part)))
    .map(({ label, address }) => ({
      value: address,
      label,
      group: t('search.go'),
      icon: CornerDownRight,
      run: to(address),
    }));
}

/** Orders, counterparties and the number of events that the words find. */
export async function suggestionsFor(words: string, signal: AbortSignal): Promise<Suggestion[]> {
  const mayRead = session.may('directory.read');
  const filter = toText({ text: words });
  const [projects, counterparties, count] = await Promise.all([
    mayRead ? searchProjects(words, signal) : [],
    mayRead ? searchCounterparties(words, signal) : [],
    filter === '' ? null : api.events.count(filter),
  ]);
  const shown = (choices: Choice[], path: string, group: string, icon: Choice['icon']) =>
    choices
      .slice(0, MOST)
      .map((each) => ({ ...each, group, icon, run: to(`/${path}/${each.value}`) }) as Suggestion);
  return [
    ...shown(projects, 'projects', t('projects.title'), FolderKanban),
    ...shown(counterparties, 'counterparties', t('counterparties.title'), Contact),
    ...(count && count.n > 0
      ? [
          {
            value: 'events',
            label: t('search.events', { count: count.n, more: String(!count.exact) }),
            group: t('search.inEvents'),
            icon: List,
            run: to(`/?filter=${encodeURIComponent(filter)}`),
          },
        ]
      : []),
  ];
}

import Contact from '@lucide/svelte/icons/contact';
import CornerDownRight from '@lucide/svelte/icons/corner-down-right';
import FolderKanban from '@lucide/svelte/icons/folder-kanban';
import List from '@lucide/svelte/icons/list';
import LogOut from '@lucide/svelte/icons/log-out';
import MessageSquare from '@lucide/svelte/icons/message-square';
import type { CommentFound } from '@svodka/shared/contracts/comment';
import { orderWords } from '@svodka/shared/contracts/order-number';
import { inOtherLayout } from '@svodka/shared/filter/keyboard';
import { fold } from '@svodka/shared/filter/terms';
import { toText } from '@svodka/shared/filter/text';
import { ask } from '../../api/rest.ts';
import { counted } from '../../format/number.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { STANDARD_VIEWS, viewName, views } from '../../state/views.svelte.ts';
import type { Choice } from '../../ui/combobox.ts';
import { searchCounterparties, searchProjects } from '../lists/search.ts';
import { screens } from '../screens.ts';

/** What a search may have meant. Each leads to a page that has something on it. */
export type Suggestion = Choice & { group: string; run: () => void };

const MOST = 4;
/** A word so far into a comment, in characters, is out of sight; so many before it are shown then. */
const FAR = 36;
const BEFORE = 12;

const to = (address: string) => () => router.go(address);

/** Screens and feeds whose name has the words in it; all of them for none. The way out is the last. */
export function places(words: string): Suggestion[] {
  const wanted = fold(words.trim());
  const other = inOtherLayout(wanted);
  const all: { label: string; address: string; run?: () => void }[] = [
    ...STANDARD_VIEWS.map((view) => ({ label: viewName(view), address: `/?view=${view.key}` })),
    ...views.items.map((view) => ({ label: viewName(view), address: `/?view=${view.id}` })),
    ...screens().flatMap(({ path, section, name = section?.label }) =>
      name ? [{ label: t(name), address: `/${path}` }] : [],
    ),
    { label: t('user.signOut'), address: 'out', run: () => void session.signOut().catch(toasts.fail) },
  ];
  const spots = all
    .map((each) => ({ ...each, at: spotOf(fold(each.label), wanted, other) }))
    .filter(({ at }) => at >= 0);
  // What begins so is what was meant: Enter takes the first.
  return [0, 1]
    .flatMap((rank) => spots.filter(({ at }) => Math.min(at, 1) === rank))
    .map(({ label, address, run }) => ({
      value: address,
      label,
      group: t('search.go'),
      icon: run ? LogOut : CornerDownRight,
      run: run ?? to(address),
    }));
}

function spotOf(label: string, wanted: string, other: string | null): number {
  const at = label.indexOf(wanted);
  return at >= 0 || other === null ? at : label.indexOf(other);
}

/** A comment's words around the first that was looked for, in one line. */
function passage(body: string, words: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  const text = fold(line);
  const at = fold(words.trim())
    .split(/\s+/)
    .flatMap((word) => [word, inOtherLayout(word) ?? word])
    .map((word) => text.indexOf(word))
    .find((index) => index >= 0);
  return at === undefined || at < FAR ? line : `…${line.slice(line.lastIndexOf(' ', at - BEFORE) + 1)}`;
}

async function searchComments(words: string, filter: string, signal: AbortSignal): Promise<Suggestion[]> {
  const found = await ask('GET /comments', { query: { search: words }, signal });
  refs.add(found.refs);
  return found.items.map(({ comment, event }: CommentFound) => ({
    value: comment.id,
    label: passage(comment.body, words),
    note: [refs.user(comment.authorId)?.name, event.title].filter(Boolean).join(' · '),
    group: t('search.inComments'),
    icon: MessageSquare,
    run: to(`/?filter=${encodeURIComponent(filter)}&event=${event.id}`),
  }));
}

/** What the words find; where that is nothing, what words like them do, and which these are. */
export async function suggestionsFor(words: string, signal: AbortSignal): Promise<Suggestion[]> {
  const found = await foundBy(words, signal);
  if (found.length > 0) return found;
  const { words: near } = await ask('GET /search/nearby', { query: { words }, signal });
  if (near === null) return [];
  return (await foundBy(near, signal)).map((each) => ({
    ...each,
    group: t('search.near', { words: near, group: each.group }),
  }));
}

/** Whether a suggestion is the order whose whole number was typed. */
export const isNamed = (suggestion: Suggestion | undefined, words: string): boolean =>
  suggestion?.label === `№ ${orderWords(words)}`;

/** Orders, counterparties, comments and the number of events that the words find. */
async function foundBy(words: string, signal: AbortSignal): Promise<Suggestion[]> {
  const mayRead = session.may('directory.read');
  const filter = toText({ text: words });
  const [projects, counterparties, comments, count] = await Promise.all([
    mayRead ? searchProjects(words, signal) : [],
    mayRead ? searchCounterparties(words, signal) : [],
    filter === '' ? [] : searchComments(words, filter, signal),
    filter === '' ? null : ask('GET /events/count', { query: { filter } }),
  ]);
  const allOf = async (choices: Choice[], path: 'projects' | 'counterparties', group: string) => {
    if (choices.length <= MOST) return [];
    const count = await ask(`GET /${path}/count`, { query: { search: words }, signal }).catch(() => null);
    // Those that are here are shown all the same.
    if (!count) return [];
    const label = t('search.all', { count: counted(count.n, !count.exact, i18n.locale) });
    return [
      { value: path, label, group, icon: List, run: to(`/${path}?q=${encodeURIComponent(words.trim())}`) },
    ];
  };
  const shown = async (choices: Choice[], path: 'projects' | 'counterparties', icon: Choice['icon']) => {
    const group = t(`${path}.title`);
    const first = choices
      .slice(0, MOST)
      .map((each) => ({ ...each, group, icon, run: to(`/${path}/${each.value}`) }) as Suggestion);
    return [...first, ...(await allOf(choices, path, group))];
  };
  const cards = await Promise.all([
    shown(projects, 'projects', FolderKanban),
    shown(counterparties, 'counterparties', Contact),
  ]);
  return [
    ...cards.flat(),
    ...comments,
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

import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Bell from '@lucide/svelte/icons/bell';
import BookUser from '@lucide/svelte/icons/book-user';
import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import FolderKanban from '@lucide/svelte/icons/folder-kanban';
import Funnel from '@lucide/svelte/icons/funnel';
import HardHat from '@lucide/svelte/icons/hard-hat';
import Landmark from '@lucide/svelte/icons/landmark';
import Mail from '@lucide/svelte/icons/mail';
import Plug from '@lucide/svelte/icons/plug';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Unlink from '@lucide/svelte/icons/unlink';
import Upload from '@lucide/svelte/icons/upload';
import Users from '@lucide/svelte/icons/users';
import { IdSchema } from '@svodka/shared/contracts/id';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { type Action, seesEverything } from '@svodka/shared/rules/permissions';
import type { Component } from 'svelte';
import { notices } from '../state/notices.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { IconComponent } from '../ui/icon.ts';
import type { About } from './event/event-draft.svelte.ts';

type Section = {
  label: MessageKey;
  icon: IconComponent;
  key?: { code: string; shown: string };
  /** Stands above the feeds and not under «Разделы». */
  first?: true;
  /** A number beside it; none for 0. */
  count?: () => number;
};

/** A screen beside the desk: fetched when it is first opened. It reads the rest of the address from the router. */
export type Screen = {
  /** First part of the path: `projects` stands at /projects and /projects/… */
  path: string;
  /** Without this right the screen is not there. */
  needs?: Action;
  /** Its line in the left column; none: it is reached from another screen, whose line is its own, and found by its name. */
  section?: Section;
  name?: MessageKey;
  under?: string;
  load: () => Promise<{ default: Component }>;
};

const SCREENS: Screen[] = [
  {
    path: 'my',
    needs: 'directory.read',
    section: {
      label: 'my.title',
      icon: CalendarCheck,
      key: { code: 'KeyH', shown: 'H' },
      first: true,
    },
    load: () => import('./my/MyScreen.svelte'),
  },
  {
    path: 'inbox',
    section: {
      label: 'inbox.title',
      icon: Bell,
      key: { code: 'KeyI', shown: 'I' },
      first: true,
      count: () => notices.unread,
    },
    load: () => import('./inbox/InboxScreen.svelte'),
  },
  {
    path: 'projects',
    needs: 'directory.read',
    section: { label: 'projects.title', icon: FolderKanban, key: { code: 'KeyO', shown: 'O' } },
    load: () => import('./projects/ProjectsScreen.svelte'),
  },
  {
    path: 'calendar',
    needs: 'directory.read',
    section: { label: 'calendar.which', icon: CalendarDays, key: { code: 'KeyW', shown: 'W' } },
    load: () => import('./calendar/CalendarScreen.svelte'),
  },
  {
    path: 'deadlines',
    needs: 'directory.read',
    name: 'deadlines.title',
    under: 'calendar',
    load: () => import('./deadlines/DeadlinesScreen.svelte'),
  },
  {
    path: 'counterparties',
    needs: 'directory.read',
    section: { label: 'counterparties.title', icon: BookUser, key: { code: 'KeyC', shown: 'C' } },
    load: () => import('./counterparties/CounterpartiesScreen.svelte'),
  },
  {
    path: 'unlinked',
    needs: 'directory.read',
    section: { label: 'unlinked.title', icon: Unlink, key: { code: 'KeyU', shown: 'U' } },
    load: () => import('./unlinked/UnlinkedScreen.svelte'),
  },
  {
    path: 'shift',
    needs: 'shifts.hand',
    section: { label: 'shift.title', icon: ArrowRightLeft, key: { code: 'KeyV', shown: 'V' } },
    load: () => import('./shift/ShiftScreen.svelte'),
  },
  {
    path: 'crews',
    needs: 'directory.read',
    section: { label: 'crews.title', icon: HardHat, key: { code: 'KeyB', shown: 'B' } },
    load: () => import('./crews/CrewsScreen.svelte'),
  },
  {
    path: 'import',
    needs: 'events.import',
    section: { label: 'import.title', icon: Upload, key: { code: 'KeyT', shown: 'T' } },
    load: () => import('./import/ImportScreen.svelte'),
  },
  {
    path: 'sources',
    needs: 'sources.read',
    section: { label: 'sources.nav', icon: Plug, key: { code: 'KeyS', shown: 'S' } },
    load: () => import('./sources/SourcesScreen.svelte'),
  },
  {
    path: 'payments',
    needs: 'payments.load',
    section: { label: 'payments.title', icon: Landmark },
    load: () => import('./payments/PaymentsScreen.svelte'),
  },
  {
    path: 'tables',
    needs: 'sources.read',
    name: 'tables.title',
    under: 'sources',
    load: () => import('./tables/TablesScreen.svelte'),
  },
  {
    path: 'mail',
    needs: 'mail.read',
    section: { label: 'mailbox.title', icon: Mail, key: { code: 'KeyM', shown: 'M' } },
    load: () => import('./mail/MailScreen.svelte'),
  },
  {
    path: 'rules',
    section: { label: 'rules.title', icon: Funnel, key: { code: 'KeyR', shown: 'R' } },
    load: () => import('./rules/RulesScreen.svelte'),
  },
  {
    path: 'people',
    needs: 'users.manage',
    section: { label: 'people.title', icon: Users, key: { code: 'KeyP', shown: 'P' } },
    load: () => import('./people/PeopleScreen.svelte'),
  },
  {
    path: 'audit',
    needs: 'audit.read',
    section: { label: 'audit.title', icon: ScrollText, key: { code: 'KeyJ', shown: 'J' } },
    load: () => import('./audit/AuditScreen.svelte'),
  },
  {
    path: 'working-days',
    needs: 'calendar.write',
    name: 'workdays.title',
    under: 'calendar',
    load: () => import('./working-days/WorkingDaysScreen.svelte'),
  },
  { path: 'settings', name: 'settings.title', load: () => import('./settings/SettingsScreen.svelte') },
];

const known = (path: string) => SCREENS.find((screen) => screen.path === path.split('/')[1]);
const isAllowed = ({ needs }: Screen) => needs === undefined || session.may(needs);

/** The screens that the person at the desk may open. */
export function screens(): Screen[] {
  return SCREENS.filter(isAllowed);
}

/** Where somebody begins who has asked for nothing else. */
export function firstPath(): string {
  return session.actor && !seesEverything(session.actor) && session.may('orders.manage') ? '/my' : '/';
}

export function screenAt(path: string): Screen | undefined {
  const screen = known(path);
  return screen && isAllowed(screen) ? screen : undefined;
}

/** Whose line in the left column stands for what is at a path. */
export function lineAt(path: string): string | undefined {
  const screen = screenAt(path);
  return screen?.under ?? screen?.path;
}

/** Whether there is a screen at this path that the person may not open. */
export function isForbidden(path: string): boolean {
  const screen = known(path);
  return screen !== undefined && !isAllowed(screen);
}

/** What an event that is written on this page is about: the order, or the counterparty. */
export function aboutAt(path: string): About | undefined {
  const [, first, id = ''] = path.split('/');
  if (!IdSchema.safeParse(id).success) return undefined;
  if (first === 'projects') return { projectId: id };
  return first === 'counterparties' ? { counterpartyIds: [id] } : undefined;
}

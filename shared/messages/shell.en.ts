import type { shellRu } from './shell.ru.ts';

export const shellEn: Record<keyof typeof shellRu, string> = {
  'screens.forbidden': 'You have no access to this section',
  'screens.forbidden.text': 'If you need it for your work, ask an administrator to add a role.',
  'screens.unknown': 'There is no such page',
  'screens.unknown.text': 'The address is mistyped, or the link is old.',
  'people.title': 'Staff',
  'my.title': 'My week',
  'my.tab': 'Week',
  'projects.title': 'Orders',
  'counterparties.title': 'Counterparties',
  'inbox.title': 'Inbox',
  'mailbox.title': 'Mail',
  'mailbox.held':
    'The data was restored from a copy. Letters that may have been sent already wait for your decision.',
  'mailbox.held.look': 'Look',
  'import.title': 'Import',
  'settings.title': 'Settings',
  'audit.title': 'Access log',
  'sources.nav': 'Sources',
  'sources.silent.since': 'Silent {count, plural, one {module} other {modules}}: {modules}',
  'sources.silent.one': '{module} since {since}',
  'unlinked.nav': 'Link to orders',
  'crews.title': 'Crews',
  'calendar.title': 'Installations',
  'payments.title': 'Bank statement',
};

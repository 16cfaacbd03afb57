import type { AuditRecord, AuditRule, AuditTitle } from '@svodka/shared/contracts/audit';
import { toSentence } from '@svodka/shared/filter/sentence';
import { parseText } from '@svodka/shared/filter/text';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { formatMoney } from '../../format/number.ts';
import { dayOf, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { crews } from '../../state/crews.svelte.ts';
import { titleOf } from '../../state/event-names.ts';
import { names } from '../../state/filter-names.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { importNames } from '../../state/import-names.ts';
import { refs } from '../../state/refs.svelte.ts';
import { tableNames } from '../../state/table-names.ts';

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const nameOf = (id: unknown): string =>
  typeof id === 'string' ? (refs.user(id)?.name ?? '…') : t('screens.none');

/** Who did it. An attempt to sign in is by somebody whom nobody knows yet, and never by the system. */
export function whoWords({ who, what }: AuditRecord): string {
  if (who) return refs.user(who)?.name ?? '…';
  // By the link of a letter: whoever writes it down for them is named.
  if (what === 'consent.withdrawn') return t('audit.customer');
  return t(what.startsWith('sign-in.') ? 'audit.stranger' : 'audit.nobody');
}

const isOther = (from: unknown, to: unknown): boolean =>
  listOf(from).toSorted().join() !== listOf(to).toSorted().join();

/** What was done. */
export const whatWords = ({ what, details: { from, to, department } }: AuditRecord): string =>
  what === 'person.rights' && department === true && !isOther(from, to)
    ? t('audit.kind.person.department')
    : t(`audit.kind.${what}`);

/** What a record is about: a name where there is one, else what kind of thing it is. */
export function objectWords({ object, details }: AuditRecord, title?: AuditTitle, rule?: AuditRule): string {
  if (!object || object.kind === 'route') return '';
  if (object.kind === 'user') return nameOf(object.id);
  if (object.kind === 'project') return `№ ${refs.project(object.id)?.number ?? '…'}`;
  if (object.kind === 'counterparty') return refs.counterparty(object.id)?.name ?? '…';
  const kind = t(`audit.object.${object.kind}`);
  const module = typeof details.module === 'string' ? label(`module.${details.module}`) : undefined;
  const called = {
    event: title && titleOf(title),
    comment: title && titleOf(title),
    crew: crews.named(object.id)?.name,
    import: object.kind === 'import' ? importNames.name(object.id) : undefined,
    token: module,
    source: module,
    calendar: object.id,
    // What people call theirs is a text, and no text is in the log: it is called what it is called now.
    rule: rule?.name ?? (typeof details.code === 'string' ? label(`rule.${details.code}`) : undefined),
    letter: label(`customer.news.${object.id.split(':')[0]}`),
    session: undefined,
    table: object.kind === 'table' ? tableNames.name(object.id) : undefined,
  }[object.kind];
  return called ? `${kind}: ${called}` : kind;
}

/** The page of what a record is about; null where there is none, or no longer. */
export function objectPath({ object, details, what }: AuditRecord, title?: AuditTitle): string | null {
  switch (object?.kind) {
    case 'user':
      return `/people?sheet=${object.id}`;
    case 'project':
      return `/projects/${object.id}`;
    case 'counterparty':
      return `/counterparties/${object.id}`;
    case 'crew':
      return `/crews?sheet=${object.id}`;
    case 'import':
      return `/import/${object.id}`;
    case 'table':
      return what === 'table.removed' ? null : `/tables/${object.id}`;
    case 'rule':
      return what === 'rule.removed' ? null : `/rules/${object.id}`;
    case 'event':
    case 'comment':
      return title && !title.isGone ? `/?event=${title.eventId}` : null;
    case 'letter':
      return `/mail/letters?of=${object.id}`;
    case 'token':
    case 'source':
      // Where what was loaded may be taken back.
      if (what?.startsWith('payments.')) return '/payments';
      return `/sources?module=${details.module ?? object.id}`;
    default:
      return null;
  }
}

/** Which days of a year became what: «выходной: 9 мар., 4 мая – 8 мая». */
function yearWords(year: string, details: AuditRecord['details']): string[] {
  const today = dayOf(clock.now, i18n.viewer);
  const spans = (days: string[]) => {
    const ends: [string, string][] = [];
    for (const day of days.map((inYear) => `${year}-${inYear}`)) {
      const last = ends.at(-1);
      if (last && daysAfter(last[1], 1) === day) last[1] = day;
      else ends.push([day, day]);
    }
    return ends.map(([from, to]) =>
      [...new Set([from, to])].map((day) => shortDay(day, today, i18n.viewer)).join(' – '),
    );
  };
  return [
    ...(details.reset === true ? [t('audit.year.reset')] : []),
    ...(['off', 'working', 'short'] as const).flatMap((kind) => {
      const days = listOf(details[kind]);
      return days.length > 0 ? [`${t(`workdays.kind.${kind}`)}: ${spans(days).join(', ')}`] : [];
    }),
  ];
}

/** Which list was saved as a file: «Контрагенты · 120 строк · по словам · важность высокая». */
function savedWords({ list, rows, filter, words }: AuditRecord['details']): string[] {
  const said = [label(`audit.list.${list}`, String(list)), t('audit.rows', { count: Number(rows ?? 0) })];
  if (words === true) said.push(t('audit.words'));
  if (typeof filter === 'string') {
    try {
      const read = parseText(filter, list === 'projects' ? 'orders' : 'events');
      said.push(toSentence(read, i18n.locale, names, i18n.viewer.zone));
    } catch {
      // Of a language of filters that was another one.
      said.push(filter);
    }
  }
  return said;
}

const LOADS: AuditRecord['what'][] = [
  'import.ended',
  'import.undone',
  'payments.taken',
  'payments.undone',
  'table.taken',
];
const LOADED = [
  'new',
  'events',
  'created',
  'changed',
  'unchanged',
  'refused',
  'errors',
  'deleted',
  'kept',
] as const;

/** What a file brought, or its undoing took back: «kl_to_1c.txt · создано: 3 · 184 300 ₽ · уже было: 2». */
function loadWords(what: AuditRecord['what'], details: AuditRecord['details']): string[] {
  const said = typeof details.file === 'string' ? [details.file] : [];
  // How it ended is said where it is no matter of course.
  if (details.state === 'failed' || details.state === 'cancelled')
    said.push(t(`import.state.${details.state}`));
  if (typeof details.rows === 'number') said.push(t('audit.rows', { count: details.rows }));
  for (const name of LOADED) {
    const count = Number(details[name] ?? 0);
    const isSaid = name === 'created' ? name in details : count > 0;
    const was = what === 'import.undone' && name === 'created';
    if (isSaid) said.push(t(was ? 'audit.load.was' : `audit.load.${name}`, { count }));
  }
  if (typeof details.sumKop === 'number' && details.sumKop !== 0)
    said.push(formatMoney(details.sumKop, i18n.locale));
  return said;
}

/** What else it says: whom the team gained and lost, which fields were changed, of which days a dossier is. */
export function detailWords({ what, details, object }: AuditRecord): string {
  const parts: string[] = [];
  if (what === 'list.saved') parts.push(...savedWords(details));
  else if (what === 'calendar.changed') parts.push(...yearWords(object?.id ?? '', details));
  else if (what.endsWith('.team')) {
    if (details.from !== details.to) parts.push(`${nameOf(details.from)} → ${nameOf(details.to)}`);
    parts.push(...listOf(details.added).map((id) => `+ ${nameOf(id)}`));
    parts.push(...listOf(details.removed).map((id) => `− ${nameOf(id)}`));
  } else if (what === 'person.rights') {
    const roles = (value: unknown) =>
      listOf(value)
        .map((role) => label(`role.${role}`, role))
        .join(', ');
    if (isOther(details.from, details.to)) {
      parts.push(`${roles(details.from)} → ${roles(details.to)}`);
      if (details.department === true) parts.push(t('audit.andDepartment'));
    }
  } else if (listOf(details.fields).length > 0) {
    parts.push(
      listOf(details.fields)
        .map((field) => label(`audit.field.${field}`, field))
        .join(', '),
    );
  } else if (LOADS.includes(what)) {
    parts.push(...loadWords(what, details));
  } else if (what.startsWith('dossier.')) {
    const today = dayOf(clock.now, i18n.viewer);
    const ends = [details.from, details.to].filter((day) => typeof day === 'string');
    parts.push(ends.map((day) => shortDay(day, today, i18n.viewer)).join(' – '));
  } else if (typeof details.route === 'string') parts.push(details.route);
  if (typeof details.times === 'number') parts.push(t('audit.times', { count: details.times }));
  return parts.join(' · ');
}

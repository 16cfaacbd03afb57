import { isDeepStrictEqual } from 'node:util';
import type { AuditKind, AuditObject } from '@svodka/shared/contracts/audit';
import type { YearDays } from '@svodka/shared/contracts/working-days';
import { publishedYear } from '@svodka/shared/rules/orders/calendar-ru';
import { changedDays } from '@svodka/shared/rules/orders/year-days';
import type { Document } from 'mongodb';
import type { AuditDraft } from './audit.schema.ts';
import { COUNTERPARTY, CREW, ORDER, PROFILE, RULE, SOURCE, TABLE } from './told-fields.ts';

/** One entry of the change log, as far as the access log looks at it. */
export type AuditChange = {
  key: string;
  at: Date;
  collection: string;
  kind: string;
  id: string;
  before: Document | null;
  after: Document | null;
  /** Names of the fields that an update has changed. */
  changed: readonly string[];
};

type Told = {
  what: AuditKind;
  details?: AuditDraft['details'];
  who?: string | null;
  from?: string | null;
  /** Where the thing that was changed is no place to go to. */
  object?: AuditObject;
};

const isAmong = (fields: readonly string[]) => (name: string) => fields.includes(name.split('.')[0] ?? name);

/** Of the fields that a person may change, those that an update has changed; a name once. */
function changedOf({ changed }: AuditChange, fields: readonly string[]): string[] {
  return [...new Set(changed.map((name) => name.split('.')[0] ?? name))].filter(isAmong(fields)).sort();
}

function ofUser(change: AuditChange): Told[] {
  const { kind, before, after, changed } = change;
  if (kind === 'delete') return [{ what: 'person.removed' }];
  if (kind === 'insert') return [{ what: 'person.created', details: { roles: after?.roles ?? [] } }];
  const told: Told[] = [];
  const has = (field: string) => changed.some(isAmong([field]));
  if (has('roles') || has('departmentId'))
    told.push({
      what: 'person.rights',
      details: { from: before?.roles ?? [], to: after?.roles ?? [], department: has('departmentId') },
    });
  if (has('disabledAt')) told.push({ what: after?.disabledAt ? 'person.disabled' : 'person.enabled' });
  if (has('passwordHash'))
    told.push({ what: after?.touched?.by === change.id ? 'password.changed' : 'password.reset' });
  // A new password ends a link to the calendar, whether or not there is one.
  const hasLink = !before || before.calendarLink || after?.calendarLink;
  const profile = changedOf(change, PROFILE).filter((field) => field !== 'calendarLink' || hasLink);
  if (profile.length > 0) told.push({ what: 'person.changed', details: { fields: profile } });
  return told;
}

function ofSession({ kind, before, after, at }: AuditChange): Told[] {
  if (kind === 'insert')
    return [
      {
        what: 'sign-in.ok',
        who: after?.userId,
        from: after?.address ?? null,
        details: { kind: after?.kind ?? null },
      },
    ];
  if (kind !== 'delete' || !before) return [];
  return [{ what: 'session.ended', who: before.userId, details: { expired: before.expiresAt <= at } }];
}

function ofEntry(change: AuditChange, of: 'order' | 'counterparty'): Told[] {
  const { kind, before, after } = change;
  const people = (doc: Document | null) => ({
    manager: doc?.managerId ?? null,
    appointed: doc?.appointedIds ?? [],
  });
  const [was, is] = [people(before), people(after)];
  // What an import makes on its way is told with the import.
  if (kind === 'insert' && !after?.touched) return [];
  if (kind === 'insert')
    return [{ what: `${of}.created`, details: { to: is.manager, appointed: is.appointed } }];
  if (kind === 'delete') return [];
  const told: Told[] = [];
  if (of === 'counterparty' && changedOf(change, ['merged']).length > 0)
    told.push({
      what: after?.merged ? 'counterparty.merged' : 'counterparty.unmerged',
      details: { into: after?.merged?.into ?? before?.merged?.into ?? null },
    });
  // Without its image a change is told all the same: by the names of the fields.
  const isTeam = before
    ? !isDeepStrictEqual(was, is)
    : changedOf(change, ['managerId', 'appointedIds']).length > 0;
  if (isTeam)
    told.push({
      what: `${of}.team`,
      details: {
        from: was.manager,
        to: is.manager,
        added: is.appointed.filter((id: string) => !was.appointed.includes(id)),
        removed: was.appointed.filter((id: string) => !is.appointed.includes(id)),
      },
    });
  if (of === 'counterparty' && changedOf(change, ['consents']).length > 0) {
    const withdrawn = after?.consents?.at(-1)?.withdrawn;
    told.push({ what: withdrawn ? 'consent.withdrawn' : 'consent.given' });
  }
  const fields = changedOf(change, of === 'order' ? ORDER : COUNTERPARTY);
  if (fields.length > 0) told.push({ what: `${of}.changed`, details: { fields } });
  return told;
}

function ofCrew(change: AuditChange): Told[] {
  if (change.kind === 'insert') return [{ what: 'crew.created' }];
  const fields = changedOf(change, CREW);
  return fields.length > 0 ? [{ what: 'crew.changed', details: { fields } }] : [];
}

function ofImport({ kind, after, before }: AuditChange): Told[] {
  if (kind === 'insert') return [{ what: 'import.uploaded', who: after?.createdBy ?? null }];
  if (!after || !before || after.state === before.state) return [];
  const { created = 0, changed = 0, errors = 0, kept = 0 } = after.counts ?? {};
  switch (after.state) {
    case 'running':
      return [{ what: 'import.started' }];
    case 'done':
    case 'failed':
    case 'cancelled':
      return [{ what: 'import.ended', details: { state: after.state, created, changed, errors } }];
    case 'undone':
      return [{ what: 'import.undone', details: { created, kept } }];
    default:
      return [];
  }
}

function ofToken({ kind, after, before }: AuditChange): Told[] {
  const of = { module: after?.module ?? null };
  // Asked for once more after a lost answer it is another token.
  if (kind === 'insert' || kind === 'replace')
    return [
      { what: 'token.created', details: { ...of, expires: after?.expiresAt?.toISOString?.() ?? null } },
    ];
  return after?.revokedAt && !before?.revokedAt ? [{ what: 'token.revoked', details: of }] : [];
}

/** What a person sets; that it is silent is nobody's change. */
function ofSource(change: AuditChange): Told[] {
  const { after, before, kind } = change;
  if (!after) return [];
  const fields = SOURCE.filter((field) =>
    kind === 'insert' ? field === 'isOn' : changedOf(change, [field]).length > 0,
  );
  // The module itself ends a replay, in nobody's name.
  const isByPerson = !isDeepStrictEqual(after.touched, before?.touched);
  return fields.length > 0 && isByPerson
    ? [{ what: 'source.changed', details: { module: change.id, fields, on: after.isOn } }]
    : [];
}

function ofTable(change: AuditChange): Told[] {
  const { kind, before, after } = change;
  if (kind === 'insert') return [{ what: 'table.created' }];
  // Who removes it touches it first.
  if (kind === 'delete')
    return [{ what: 'table.removed', who: before?.touched?.by ?? null, from: before?.touched?.from ?? null }];
  const { seq, rows = 0, fileName = '', told } = after?.dump ?? {};
  if (seq !== before?.dump?.seq)
    return [{ what: 'table.taken', details: { file: fileName, rows, ...(told as AuditDraft['details']) } }];
  const fields = changedOf(change, TABLE);
  return fields.length > 0 ? [{ what: 'table.changed', details: { fields } }] : [];
}

/** What a rule says; whether one person wants to hear of it is theirs. */
function ofRule(change: AuditChange): Told[] {
  const { kind, after } = change;
  // Nobody has written the starting set.
  if (!after?.touched) return [];
  const details = { code: after.code ?? null, state: after.state };
  if (kind === 'insert') return [{ what: 'rule.created', details }];
  if (changedOf(change, ['removedAt']).length > 0)
    return [{ what: after.removedAt ? 'rule.removed' : 'rule.restored', details }];
  const fields = changedOf(change, RULE);
  return fields.length > 0 ? [{ what: 'rule.changed', details: { ...details, fields } }] : [];
}

/** A link to the page of an order that somebody has handed out; those of letters are told by their letters. */
function ofLink({ kind, after, before }: AuditChange): Told[] {
  if (!after?.madeBy) return [];
  const object = { kind: 'project', id: after.projectId } as const;
  const until = after.expiresAt?.toISOString?.() ?? null;
  if (kind === 'insert') return [{ what: 'link.made', object, details: { expires: until } }];
  return after.revokedAt && !before?.revokedAt ? [{ what: 'link.revoked', object }] : [];
}

/** Which days of a year became what. Without its image a change tells no days. */
function ofYear({ kind, id, before, after }: AuditChange): AuditDraft['details'] {
  const reset = after?.days === null;
  if (kind !== 'insert' && !before) return { reset };
  const daysOf = (doc: Document | null) => (doc?.days as YearDays | null) ?? publishedYear(Number(id));
  return { reset, ...changedDays(Number(id), daysOf(before), daysOf(after)) };
}

function told(change: AuditChange): Told[] {
  switch (change.collection) {
    case 'users':
      return ofUser(change);
    case 'sessions':
      return ofSession(change);
    case 'projects':
      return ofEntry(change, 'order');
    case 'counterparties':
      return ofEntry(change, 'counterparty');
    case 'crews':
      return ofCrew(change);
    case 'imports':
      return ofImport(change);
    case 'module_tokens':
      return ofToken(change);
    case 'sources':
      return ofSource(change);
    case 'tables':
      return ofTable(change);
    case 'notice_rules':
      return ofRule(change);
    case 'customer_links':
      return ofLink(change);
    case 'letter_words':
      return [{ what: 'letter.worded' }];
    case 'calendar_years':
      return [{ what: 'calendar.changed', details: ofYear(change) }];
    case 'events':
      return [{ what: change.after?.deletedAt ? 'event.deleted' : 'event.restored' }];
    case 'comments':
      return [{ what: change.after?.deletedAt ? 'comment.deleted' : 'comment.restored' }];
    default:
      return [];
  }
}

const OBJECTS: Record<string, AuditObject['kind']> = {
  users: 'user',
  sessions: 'session',
  projects: 'project',
  counterparties: 'counterparty',
  crews: 'crew',
  imports: 'import',
  module_tokens: 'token',
  sources: 'source',
  tables: 'table',
  calendar_years: 'calendar',
  notice_rules: 'rule',
  letter_words: 'letter',
  events: 'event',
  comments: 'comment',
};

/** What a stored change says to the access log: who, what and of which thing, by codes and ids only. */
export function deriveRecords(change: AuditChange): AuditDraft[] {
  const object = { kind: OBJECTS[change.collection] ?? 'route', id: change.id } as const;
  const touched = change.kind === 'delete' ? null : change.after?.touched;
  return told(change).map(({ what, details = {}, who, from, object: other }, index) => ({
    at: change.at,
    who: who ?? touched?.by ?? null,
    what,
    object: other ?? object,
    from: from ?? touched?.from ?? null,
    details,
    key: `${change.key}:${index}`,
  }));
}

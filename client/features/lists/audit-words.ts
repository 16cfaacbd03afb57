import type { AuditRecord } from '@svodka/shared/contracts/audit';
import { label, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

const nameOf = (id: unknown): string =>
  typeof id === 'string' ? (refs.user(id)?.name ?? '…') : t('screens.none');

/** Who did it. An attempt to sign in is by somebody whom nobody knows yet, and never by the system. */
export function whoWords({ who, what }: AuditRecord): string {
  if (who) return refs.user(who)?.name ?? '…';
  return t(what.startsWith('sign-in.') ? 'audit.stranger' : 'audit.nobody');
}

/** What a record is about: a name where there is one, else what kind of thing it is. */
export function objectWords({ object }: AuditRecord): string {
  if (!object) return '';
  if (object.kind === 'user') return nameOf(object.id);
  if (object.kind === 'project') return `№ ${refs.project(object.id)?.number ?? '…'}`;
  if (object.kind === 'counterparty') return refs.counterparty(object.id)?.name ?? '…';
  return object.kind === 'route' ? '' : t(`audit.object.${object.kind}`);
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What else it says: whom the team gained and lost, which fields were changed, what was asked for. */
export function detailWords({ what, details }: AuditRecord): string {
  const parts: string[] = [];
  if (what.endsWith('.team')) {
    if (details.from !== details.to) parts.push(`${nameOf(details.from)} → ${nameOf(details.to)}`);
    parts.push(...listOf(details.added).map((id) => `+ ${nameOf(id)}`));
    parts.push(...listOf(details.removed).map((id) => `− ${nameOf(id)}`));
  } else if (what === 'person.rights') {
    const roles = (value: unknown) =>
      listOf(value)
        .map((role) => label(`role.${role}`, role))
        .join(', ');
    parts.push(`${roles(details.from)} → ${roles(details.to)}`);
  } else if (listOf(details.fields).length > 0) {
    parts.push(
      listOf(details.fields)
        .map((field) => label(`audit.field.${field}`, field))
        .join(', '),
    );
  } else if (what === 'import.ended') {
    parts.push(
      t('audit.import', { created: Number(details.created ?? 0), errors: Number(details.errors ?? 0) }),
    );
  } else if (typeof details.route === 'string') parts.push(details.route);
  if (typeof details.times === 'number') parts.push(t('audit.times', { count: details.times }));
  return parts.join(' · ');
}

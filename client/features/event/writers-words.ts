import type { EventType } from '@svodka/shared/contracts/modules';
import { ROLES } from '@svodka/shared/contracts/user';
import { mayCreate } from '@svodka/shared/rules/permissions';
import { i18n, t } from '../../state/i18n.svelte.ts';

/** Who may write events of a type: «Предоплата внесена: вносят администратор, диспетчер и финансы». */
export function writersWords(type: EventType): string {
  const roles = ROLES.filter((role) => mayCreate({ id: '', roles: [role], departmentId: null }, type));
  const names = roles.map((role) => t(`role.${role}`).toLocaleLowerCase(i18n.locale));
  const list = new Intl.ListFormat(i18n.locale, { type: 'conjunction' }).format(names);
  return t('form.type.others', { type: t(`type.${type}`), roles: list });
}

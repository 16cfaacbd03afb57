import type { Counterparty, CounterpartyEdit } from '@svodka/shared/contracts/counterparty';
import type { Id } from '@svodka/shared/contracts/id';
import { ask } from '../../api/rest.ts';
import { same } from '../../format/same.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/** What the one that stays may take from the other, and in which order it is compared. */
export const MERGED_FIELDS = [
  'name',
  'kind',
  'categories',
  'inn',
  'kpp',
  'ogrn',
  'phones',
  'emails',
  'contacts',
  'managerId',
  'note',
] as const satisfies readonly (keyof CounterpartyEdit)[];
export type MergedField = (typeof MERGED_FIELDS)[number];

/** Whose value stays; `both`: of what there can be several. */
export type Choice = 'into' | 'from' | 'both';
type Card = Pick<Counterparty, MergedField>;

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

export const isSame = (into: Card, from: Card, field: MergedField): boolean => same(into[field], from[field]);

/** Whether what both say can stand side by side. */
export const isJoinable = (into: Card, from: Card, field: MergedField): boolean =>
  (Array.isArray(into[field]) || field === 'note') && !isEmpty(into[field]) && !isEmpty(from[field]);

/** Nothing that somebody has written is lost unless a person says so. */
export function firstChoice(into: Card, from: Card, field: MergedField): Choice {
  if (isJoinable(into, from, field)) return 'both';
  return isEmpty(into[field]) ? 'from' : 'into';
}

export function chosen(into: Card, from: Card, field: MergedField, choice: Choice): unknown {
  if (choice !== 'both') return (choice === 'into' ? into : from)[field];
  const [one, other] = [into[field], from[field]];
  if (!Array.isArray(one) || !Array.isArray(other)) return `${one}\n${other}`;
  return [...one, ...other].filter((value, i, all) => all.findIndex((each) => same(each, value)) === i);
}

/** What is to be written into the one that stays: where it will say something else than now. */
export function valuesOf(
  into: Card,
  from: Card,
  choices: Partial<Record<MergedField, Choice>>,
): CounterpartyEdit {
  const values = MERGED_FIELDS.map(
    (field) => [field, chosen(into, from, field, choices[field] ?? firstChoice(into, from, field))] as const,
  );
  return Object.fromEntries(values.filter(([field, value]) => !same(value, into[field])));
}

/** Makes one of two; the toast takes it back. Throws `ApiError`. */
export async function merge(
  into: Counterparty,
  from: Counterparty,
  values: CounterpartyEdit,
): Promise<Counterparty> {
  const stays = await ask('POST /counterparties/:id/merge', {
    id: into.id,
    body: { from: from.id, versions: { into: into.version, from: from.version }, values },
  });
  refs.add({
    projects: [],
    counterparties: [stays, { ...from, mergedInto: into.id }],
    users: [],
  });
  toasts.show({
    key: `merged ${from.id}`,
    title: t('merge.done'),
    text: `${from.number} ${from.name} → ${stays.number} ${stays.name}`,
    tone: 'ok',
    lastsMs: 12_000,
    actions: [{ label: t('app.undo'), run: () => void unmerge(from.id) }],
  });
  return stays;
}

/** Makes two again. */
export async function unmerge(id: Id): Promise<void> {
  try {
    const freed = await ask('DELETE /counterparties/:id/merge', { id });
    refs.add({ projects: [], counterparties: [freed], users: [] });
    toasts.show({ key: `merged ${id}`, title: t('merge.undone'), text: freed.name, tone: 'ok' });
  } catch (error) {
    toasts.fail(error);
  }
}

// Orders, counterparties and people in the text of a filter: typed and read by their names, kept by their ids.
import { type Id, isId } from '@svodka/shared/contracts/id';
import { numberKey, orderNumber } from '@svodka/shared/contracts/order-number';
import { type Filter, mapLeaves } from '@svodka/shared/filter/ast';
import { fieldOf } from '@svodka/shared/filter/fields';
import { fold } from '@svodka/shared/filter/terms';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import type { Choice } from '../../ui/combobox.ts';
import { searchCounterparties, searchProjects, searchUsers } from '../lists/search.ts';

const SEARCHES = { project: searchProjects, counterparty: searchCounterparties, user: searchUsers } as const;
type Kind = keyof typeof SEARCHES;

/** How many of those that a name might mean are told. */
const TOLD = 4;

/** A name that stands for nothing, or for several; the message is for a person. */
export class NameError extends Error {}

const kindOf = (clause: { field: Parameters<typeof fieldOf>[0] }): Kind | undefined => {
  const { ref } = fieldOf(clause.field);
  return ref && ref in SEARCHES ? (ref as Kind) : undefined;
};

const bare = (name: string): string => fold(orderNumber(name));
/** What of a name is compared. */
const compared = (kind: string, name: string): string => (kind === 'project' ? numberKey(name) : bare(name));
const keyOf = (kind: string, name: string): string => `${kind} ${compared(kind, name)}`;

/** The names that a text was begun with, so that they stay what they were where two are called the same. */
export class NamedValues {
  readonly #known = new Map<string, Id>();

  /** For the text of a filter: what an id is called, as far as that is known. */
  readonly nameOf = (kind: string, id: Id): string | undefined => {
    const name =
      kind === 'project'
        ? refs.project(id)?.number
        : kind === 'counterparty'
          ? refs.counterparty(id)?.name
          : kind === 'user'
            ? refs.user(id)?.name
            : undefined;
    if (name) this.#known.set(keyOf(kind, name), id);
    return name;
  };

  /** The filter with ids where names were typed. @throws NameError, ApiError */
  async resolved(filter: Filter, signal: AbortSignal): Promise<Filter> {
    const ids = new Map<string, Id>();
    const wanted: [Kind, string][] = [];
    mapLeaves(filter, (leaf) => {
      const kind = 'in' in leaf ? kindOf(leaf) : undefined;
      if (kind && 'in' in leaf)
        wanted.push(...leaf.in.flatMap((name) => (isId(name) ? [] : [[kind, name] as [Kind, string]])));
      return leaf;
    });
    for (const [kind, name] of wanted) {
      const key = keyOf(kind, name);
      if (!ids.has(key)) ids.set(key, this.#known.get(key) ?? (await find(kind, name, signal)));
    }
    return mapLeaves(filter, (leaf) => {
      const kind = 'in' in leaf ? kindOf(leaf) : undefined;
      if (!kind || !('in' in leaf)) return leaf;
      return { ...leaf, in: leaf.in.map((name) => ids.get(keyOf(kind, name)) ?? name) };
    });
  }
}

/** Whoever types. */
const MYSELF = ['я', 'меня', 'me'];

/** The one that is called so; where none is, the only one that is found by it. */
async function find(kind: Kind, name: string, signal: AbortSignal): Promise<Id> {
  if (kind === 'user' && session.user && MYSELF.includes(bare(name))) return session.user.id;
  const found = await SEARCHES[kind](bare(name), signal);
  const exact = found.filter(({ label, note }) =>
    [label, note ?? ''].some((said) => compared(kind, said) === compared(kind, name)),
  );
  const meant = exact.length > 0 ? exact : kind === 'project' ? [] : found;
  const [only] = meant;
  if (only && meant.length === 1) return only.value;
  if (!only) throw new NameError(t(`filter.name.none.${kind}`, { name }));
  const names = meant.slice(0, TOLD).map(called).join(', ');
  throw new NameError(t('filter.name.several', { name, names: meant.length > TOLD ? `${names}…` : names }));
}

const called = ({ label, note }: Choice): string => (note ? `${label} (${note})` : label);

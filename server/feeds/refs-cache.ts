import { Injectable } from '@nestjs/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { RefsService } from '../directory/refs.service.ts';

const MAX_NAMES = 20_000;
type Kind = keyof Refs;
type Ref = Refs[Kind][number];

/**
 * The names that frames carry (F18), kept because a burst of events names the same few things. The publisher asks it
 * between changes and tells it of changed names in log order, so what it holds is never older than the frame.
 */
@Injectable()
export class RefsCache {
  readonly #known: Record<Kind, Map<Id, Ref>> = {
    projects: new Map(),
    counterparties: new Map(),
    users: new Map(),
  };

  constructor(private readonly refs: RefsService) {}

  /** Makes the names of some rows known. Those that cannot be read just now are left out: frames do not wait for names. */
  async load(rows: readonly SvodkaEvent[]): Promise<void> {
    const ids = idsOf(rows);
    const missing = {
      projectIds: this.#unknown('projects', ids.projects),
      counterpartyIds: this.#unknown('counterparties', ids.counterparties),
      userIds: this.#unknown('users', ids.users),
    };
    if (Object.values(missing).every((list) => list.length === 0)) return;
    const found = await this.refs.refsOf(missing).catch(() => null);
    if (found) for (const kind of Object.keys(this.#known) as Kind[]) this.#keep(kind, found[kind]);
  }

  /** What some rows name, as far as it is known. */
  namedBy(rows: readonly SvodkaEvent[]): Refs {
    const ids = idsOf(rows);
    return {
      projects: this.#pick('projects', ids.projects),
      counterparties: this.#pick('counterparties', ids.counterparties),
      users: this.#pick('users', ids.users),
    };
  }

  /** A name has changed, or may have. */
  forget(kind: Kind, id: Id): void {
    this.#known[kind].delete(id);
  }

  clear(): void {
    for (const known of Object.values(this.#known)) known.clear();
  }

  #unknown(kind: Kind, ids: Set<Id>): Id[] {
    return [...ids].filter((id) => !this.#known[kind].has(id));
  }

  #keep(kind: Kind, refs: readonly Ref[]): void {
    const known = this.#known[kind];
    if (known.size + refs.length > MAX_NAMES) known.clear();
    for (const ref of refs) known.set(ref.id, ref);
  }

  #pick<K extends Kind>(kind: K, ids: Set<Id>): Refs[K] {
    return [...ids].flatMap((id) => this.#known[kind].get(id) ?? []) as Refs[K];
  }
}

/** What rows name by id. */
function idsOf(rows: readonly SvodkaEvent[]): Record<Kind, Set<Id>> {
  const ids = { projects: new Set<Id>(), counterparties: new Set<Id>(), users: new Set<Id>() };
  for (const row of rows) {
    if (row.projectId) ids.projects.add(row.projectId);
    for (const id of row.counterpartyIds) ids.counterparties.add(id);
    if (row.author.userId) ids.users.add(row.author.userId);
    if (row.resolved?.by) ids.users.add(row.resolved.by);
  }
  return ids;
}

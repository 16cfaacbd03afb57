import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Actor } from '@svodka/shared/rules/permissions';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { type NamesReader, peopleOf, RefsService } from './refs.service.ts';

const MAX_NAMES = 20_000;
const MAX_READERS = 1_000;
type Kind = keyof Refs;
type Ref = Refs[Kind][number];

/**
 * The names that stand beside rows, kept because a burst of events names the same few things. It hears of changed names
 * in log order, before frames are made, so what it holds is never older than the frame.
 */
@Injectable()
export class RefsCache implements ChangeListener, OnModuleInit {
  readonly collections = ['projects', 'counterparties', 'users'] as const;
  readonly #known: Record<Kind, Map<Id, Ref>> = {
    projects: new Map(),
    counterparties: new Map(),
    users: new Map(),
  };

  /** Of readers who do not see everything: whether they may see the order or counterparty of this id. */
  readonly #visible = new Map<Id, Map<Id, boolean>>();

  constructor(
    private readonly refs: RefsService,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  /** A name has changed, or may have; with an order or counterparty also who may see which of them. */
  see({ collection, id, before, after }: Change): void {
    // What follows from the events of an order is no name, and comes often.
    if (collection === 'projects' && before && before.version === after?.version) return;
    this.#known[collection as Kind].delete(id);
    if (collection !== 'users') this.#visible.clear();
  }

  async anew(): Promise<void> {
    for (const known of Object.values(this.#known)) known.clear();
    this.#visible.clear();
  }

  /**
   * Makes the names of some rows known to some readers. Those that cannot be read just now are left out: frames do not
   * wait for names.
   */
  async load(rows: readonly SvodkaEvent[], readers: readonly NamesReader[]): Promise<void> {
    const ids = idsOf(rows);
    const limited = new Map(readers.flatMap((one) => (one === 'sees-all' ? [] : [[one.id, one] as const])));
    await Promise.all([this.#learn(ids), ...[...limited.values()].map((reader) => this.#admit(reader, ids))]);
  }

  async #admit(reader: Actor, ids: Record<Kind, Set<Id>>): Promise<void> {
    if (this.#visible.size >= MAX_READERS) this.#visible.clear();
    const visible = this.#visible.get(reader.id) ?? new Map<Id, boolean>();
    this.#visible.set(reader.id, visible);
    const unknown = (kind: Kind) => [...ids[kind]].filter((id) => !visible.has(id));
    const asked = { projectIds: unknown('projects'), counterpartyIds: unknown('counterparties') };
    if (asked.projectIds.length + asked.counterpartyIds.length === 0) return;
    const found = await this.refs.refsOf(reader, asked).catch(() => null);
    if (!found) return;
    for (const id of [...asked.projectIds, ...asked.counterpartyIds]) visible.set(id, false);
    for (const { id } of [...found.projects, ...found.counterparties]) visible.set(id, true);
  }

  async #learn(ids: Record<Kind, Set<Id>>): Promise<void> {
    const missing = {
      projectIds: this.#unknown('projects', ids.projects),
      counterpartyIds: this.#unknown('counterparties', ids.counterparties),
      userIds: this.#unknown('users', ids.users),
    };
    if (Object.values(missing).every((list) => list.length === 0)) return;
    const found = await this.refs.refsOf('sees-all', missing).catch(() => null);
    if (found) for (const kind of Object.keys(this.#known) as Kind[]) this.#keep(kind, found[kind]);
  }

  /** What some rows name, as far as it is known, and the reader may see it. */
  namedBy(rows: readonly SvodkaEvent[], reader: NamesReader): Refs {
    const ids = idsOf(rows);
    if (reader !== 'sees-all') {
      const visible = this.#visible.get(reader.id);
      for (const kind of ['projects', 'counterparties'] as const)
        for (const id of ids[kind]) if (!visible?.get(id)) ids[kind].delete(id);
    }
    return {
      projects: this.#pick('projects', ids.projects),
      counterparties: this.#pick('counterparties', ids.counterparties),
      users: this.#pick('users', ids.users),
    };
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
    for (const id of peopleOf(row)) if (id) ids.users.add(id);
  }
  return ids;
}

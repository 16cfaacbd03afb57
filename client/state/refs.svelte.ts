import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { CounterpartyRef, ProjectRef, Refs, UserRef } from '@svodka/shared/contracts/refs';
import { keeperOf } from '@svodka/shared/rules/promises';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';

const GATHER_MS = 30;

/** Names come with every frame and are seldom new; one that is written again is drawn again wherever it stands. */
function put<T extends { id: Id }>(known: Map<Id, T>, come: readonly T[]): void {
  for (const each of come) {
    if (JSON.stringify(known.get(each.id)) !== JSON.stringify(each)) known.set(each.id, each);
  }
}

/**
 * What the ids on the screen stand for. Everything that arrives with `refs` is put here; `refs.changed` keeps it
 * true; an id that nobody has explained is asked for, many in one request.
 */
class References {
  #projects = new SvelteMap<Id, ProjectRef>();
  #counterparties = new SvelteMap<Id, CounterpartyRef>();
  #users = new SvelteMap<Id, UserRef>();
  #asked = new Set<Id>();
  /** What the server would not name: it is not there, or not for this person. */
  #nameless = new SvelteSet<Id>();
  #wanted: { projects: Id[]; counterparties: Id[]; users: Id[] } | null = null;

  constructor() {
    live.on('refs.changed', (refs) => this.add(refs));
  }

  add(refs: Refs): void {
    put(this.#projects, refs.projects);
    put(this.#counterparties, refs.counterparties);
    put(this.#users, refs.users);
  }

  /** What the ids in these events stand for, as far as it is known here. */
  of(
    events: readonly Pick<SvodkaEvent, 'projectId' | 'counterpartyIds' | 'author' | 'claim' | 'payload'>[],
  ): Refs {
    const known = <T>(ids: Iterable<Id | null | undefined>, all: Map<Id, T>) =>
      [...new Set(ids)].flatMap((id) => (id && all.get(id)) || []);
    return {
      projects: known(
        events.map(({ projectId }) => projectId),
        this.#projects,
      ),
      counterparties: known(
        events.flatMap(({ counterpartyIds }) => counterpartyIds),
        this.#counterparties,
      ),
      users: known(
        events.flatMap((event) => [event.author.userId, event.claim?.by, keeperOf(event)]),
        this.#users,
      ),
    };
  }

  project(id: Id | null | undefined): ProjectRef | undefined {
    return id ? (this.#projects.get(id) ?? this.#ask('projects', id)) : undefined;
  }

  counterparty(id: Id | null | undefined): CounterpartyRef | undefined {
    return id ? (this.#counterparties.get(id) ?? this.#ask('counterparties', id)) : undefined;
  }

  user(id: Id | null | undefined): UserRef | undefined {
    return id ? (this.#users.get(id) ?? this.#ask('users', id)) : undefined;
  }

  /** Whether this is an order or counterparty that the person may not see. */
  isHidden(id: Id): boolean {
    return this.#nameless.has(id) && !this.#projects.has(id) && !this.#counterparties.has(id);
  }

  #ask(kind: 'projects' | 'counterparties' | 'users', id: Id): undefined {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    if (!this.#wanted) {
      this.#wanted = { projects: [], counterparties: [], users: [] };
      setTimeout(() => void this.#fetch(), GATHER_MS);
    }
    this.#wanted[kind].push(id);
  }

  async #fetch(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (!wanted) return;
    try {
      this.add(
        await ask('GET /refs', {
          query: {
            projects: wanted.projects.join(','),
            counterparties: wanted.counterparties.join(','),
            users: wanted.users.join(','),
          },
        }),
      );
      for (const id of wanted.projects) if (!this.#projects.has(id)) this.#nameless.add(id);
      for (const id of wanted.counterparties) if (!this.#counterparties.has(id)) this.#nameless.add(id);
    } catch {
      // Asked again when it is next drawn after a reconnect; until then the row goes without the name.
      for (const id of Object.values(wanted).flat()) this.#asked.delete(id);
    }
  }
}

export const refs = new References();

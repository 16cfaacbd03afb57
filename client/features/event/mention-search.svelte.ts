// Whom somebody is about to name by @ in what they write, and who of them would not hear of it.
import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import { ask } from '../../api/rest.ts';
import { session } from '../../state/session.svelte.ts';
import { type Group, groupKey, mentionBefore, type Person } from './mentions.ts';
import { namable, peopleNamed } from './namable.ts';

const PEOPLE_MOST = 8;
const GROUPS_MOST = 4;
/** So many are asked about at once. */
const ASKED_MOST = 200;

/** Those of these people who may not see an event. */
const blindTo = async (id: Id, people: readonly Id[]): Promise<Id[]> =>
  (await ask('GET /events/:id/blind', { id, query: { ids: people.slice(0, ASKED_MOST).join(',') } })).blind;

/** Of whom somebody has named: the ids of those, and the keys of the groups, that will not hear of it. */
export async function namedInVain(
  id: Id,
  people: readonly Id[],
  groups: readonly MentionGroup[],
): Promise<ReadonlySet<string>> {
  const known = groups.length > 0 ? (await namable()).groups : [];
  const named = known.filter((group) => groups.some((each) => groupKey(each) === groupKey(group)));
  const asked = [...new Set([...people, ...named.flatMap(({ memberIds }) => memberIds)])];
  const blind = new Set<string>(asked.length > 0 ? await blindTo(id, asked) : []);
  const unseen = named.filter(({ memberIds }) => memberIds.every((member) => blind.has(member)));
  return new Set([...blind, ...unseen.map(groupKey)]);
}

export class MentionSearch {
  #place = $state.raw<{ from: number; typed: string } | null>(null);
  #people = $state.raw<readonly Person[]>([]);
  #groups = $state.raw<readonly Group[]>([]);
  /** Those of the people found or chosen who may not see the event, and so will never hear that they were named. */
  #blind = $state.raw<ReadonlySet<Id>>(new Set());
  readonly #askedAbout = new Set<Id>();
  #asking: AbortController | undefined;
  active = $state(0);

  /** @param eventId null: there is none yet, so nobody knows who will see it */
  constructor(readonly eventId: Id | null) {}

  /** What can be chosen, while somebody is about to. */
  lines = $derived(
    this.#place === null
      ? []
      : [
          ...this.#groups.map((group) => ({ value: groupKey(group), label: group.name })),
          ...this.#people.map((person) => ({ value: person.id, label: person.name })),
        ],
  );

  /** Where the name begins; null: nobody is being named. */
  get from(): number | null {
    return this.#place?.from ?? null;
  }

  group(value: string | undefined): Group | undefined {
    return this.#groups.find((group) => groupKey(group) === value);
  }

  person(value: string | undefined): Person | undefined {
    return this.#people.find(({ id }) => id === value);
  }

  isBlind(id: Id): boolean {
    return this.#blind.has(id);
  }

  step(by: 1 | -1): void {
    this.active = (this.active + by + this.lines.length) % this.lines.length;
  }

  close(): void {
    this.#place = null;
    this.#people = [];
    this.#groups = [];
  }

  async look(text: string, caret: number): Promise<void> {
    this.#asking?.abort();
    this.#place = mentionBefore(text, caret);
    if (!this.#place) {
      this.close();
      return;
    }
    const typed = this.#place.typed.trim();
    const mine = new AbortController();
    this.#asking = mine;
    try {
      const { people, groups } = await namable();
      if (mine.signal.aborted) return;
      const others = peopleNamed(people, typed).filter(({ id }) => id !== session.user?.id);
      this.#people = others.slice(0, PEOPLE_MOST);
      const begins = ({ name }: Group) => name.toLowerCase().startsWith(typed.toLowerCase());
      this.#groups = groups.filter(begins).slice(0, GROUPS_MOST);
      this.active = 0;
      const shown = [
        ...this.#people.map(({ id }) => id),
        ...this.#groups.flatMap(({ memberIds }) => memberIds),
      ];
      await this.askWhoSees(shown.filter((id) => !this.#askedAbout.has(id)));
    } catch {
      if (!mine.signal.aborted) this.#people = [];
    }
  }

  async askWhoSees(people: readonly Id[]): Promise<void> {
    if (people.length === 0 || !this.eventId) return;
    const ids = [...new Set(people)].slice(0, ASKED_MOST);
    const blind = await blindTo(this.eventId, ids);
    for (const id of ids) this.#askedAbout.add(id);
    this.#blind = new Set([...[...this.#blind].filter((id) => !ids.includes(id)), ...blind]);
  }
}

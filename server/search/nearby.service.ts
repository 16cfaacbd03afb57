import { Injectable } from '@nestjs/common';
import { shortened } from '@svodka/shared/filter/shortened';
import { wordsOf } from '@svodka/shared/filter/terms';
import { type Actor, may } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsList } from '../orders/projects/projects-list.service.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';

/** So many other words are tried: each is three searches. */
const MOST_TRIED = 4;
/** So many words may be mistyped at once. */
const MOST_WORDS = 3;

/**
 * What a search that finds nothing may have meant: the words without the endings of their cases, else words that differ
 * in one letter. They are named only where they find something of what the reader may see: that a word is kept says that
 * somebody is called so.
 */
@Injectable()
export class NearbyService {
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly events: EventsService,
    private readonly projects: ProjectsList,
    private readonly counterparties: CounterpartiesService,
  ) {}

  /** @param zone where the reader's days begin */
  async of(actor: Actor, words: string, zone: string): Promise<string | null> {
    const short = shortened(words);
    if (short !== null && (await this.#finds(actor, short, zone))) return short;
    for (const other of await this.#mistyped(short ?? words)) {
      if (await this.#finds(actor, other, zone)) return other;
    }
    return null;
  }

  async #finds(actor: Actor, words: string, zone: string): Promise<boolean> {
    const events = await this.events.list(actor, { text: words }, { zone, limit: 1 });
    if (events.docs.length > 0) return true;
    if (!may(actor, 'directory.read')) return false;
    const parties = await this.counterparties.list(actor, { search: words, limit: 1 });
    if (parties.docs.length > 0) return true;
    return (await this.projects.count(actor, { search: words }, zone)).n > 0;
  }

  /** The same words with those that nothing has replaced by such as are kept, the likeliest first. */
  async #mistyped(text: string): Promise<string[]> {
    const words = wordsOf(text);
    const lists = await Promise.all(words.map((word) => this.vocabulary.near(word)));
    if (lists.filter((near) => near.length > 0).length > MOST_WORDS) return [];
    const all = lists.reduce<string[][]>(
      (some, near, i) => {
        const choices = near.length > 0 ? near : [words[i] as string];
        return some.flatMap((begun) => choices.map((word) => [...begun, word])).slice(0, MOST_TRIED);
      },
      [[]],
    );
    return all.map((each) => each.join(' ')).filter((each) => each !== words.join(' '));
  }
}

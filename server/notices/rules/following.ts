import { Injectable } from '@nestjs/common';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsInTime, type Follower } from '../../events/events-in-time.repository.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import type { Word } from './words.ts';

/** What rules say about an event as it stands. */
export type Said = { event: EventDoc; order: ProjectDoc | null; words: Word[] };

type Base = Pick<EventDoc, '_id' | 'projectId' | 'counterpartyIds' | 'occurredAt' | 'status'>;

/**
 * Whether an event is what was to follow another: of the same order, or where there is none of a customer of it, and
 * not earlier. What somebody has resolved waits for nothing any more.
 */
export function isFollowedBy(base: Base, follower: Follower): boolean {
  if (follower._id === base._id || follower.occurredAt < base.occurredAt) return false;
  if (base.projectId) return follower.projectId === base.projectId;
  return base.counterpartyIds.some((id) => follower.counterpartyIds.includes(id));
}

const awaitedBy = ({ compiled, isUnlessFollowed }: Word): EventType | null => {
  const { trigger } = compiled.rule;
  return isUnlessFollowed && trigger.on === 'absent' ? trigger.awaits : null;
};

/** Takes away what rules say about what did not follow, where it did. */
@Injectable()
export class Following {
  constructor(private readonly events: EventsInTime) {}

  /** Whether each of these types has followed an event by now. */
  async isFollowed(event: EventDoc, types: readonly EventType[]): Promise<boolean> {
    const followers = await Promise.all(types.map((type) => this.events.followers(type, [event])));
    return followers.every((found) => found.some((follower) => isFollowedBy(event, follower)));
  }

  /** @param asOfThen what followed after the moment of it does not count, nor what was resolved after it */
  async unfollowed(said: readonly Said[], { asOfThen = false } = {}): Promise<Said[]> {
    const bases = new Map<EventType, EventDoc[]>();
    for (const { event, words } of said) {
      for (const type of new Set(words.flatMap((word) => awaitedBy(word) ?? [])))
        bases.set(type, [...(bases.get(type) ?? []), event]);
    }
    if (bases.size === 0) return [...said];
    const followers = new Map<EventType, Follower[]>();
    for (const [type, events] of bases) followers.set(type, await this.events.followers(type, events));
    return said.map((one) => ({
      ...one,
      words: one.words.filter((word) => {
        const type = awaitedBy(word);
        if (type === null) return true;
        const { event } = one;
        const isInTime = (at: Date | undefined) => !asOfThen || (at !== undefined && at <= word.since);
        if (event.status === 'resolved' && isInTime(event.resolved?.at)) return false;
        return !followers
          .get(type)
          ?.some((follower) => isInTime(follower.occurredAt) && isFollowedBy(event, follower));
      }),
    }));
  }
}

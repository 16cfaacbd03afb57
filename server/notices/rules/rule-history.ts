import { Injectable } from '@nestjs/common';
import type { WatchedField } from '@svodka/shared/contracts/notice-rule';
import { and, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { dueMoments } from '@svodka/shared/rules/due';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsInTime } from '../../events/events-in-time.repository.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import { DecisionsService } from '../decisions.service.ts';
import { Following, type Said } from './following.ts';
import { earlierBy, laterBy, type Range, repetitionAt } from './moments.ts';
import type { CompiledRule } from './rule-set.ts';
import {
  absence,
  approach,
  changeWord,
  deadline,
  FRESH_MS,
  isSpokenOf,
  occurrence,
  repetition,
  type Word,
} from './words.ts';

const DAY_MS = 86_400_000;
/** So many events are looked at; of a rule that finds more it is known well enough how loud it is. */
const MOST = 5_000;
/** What was changed within the window may have happened so long before it. */
const EARLIER_MS = 90 * DAY_MS;
/** A whole day is overdue with the next working morning: no holidays are longer. */
const LONGEST_MS = 12 * DAY_MS;

const REVISED: Record<WatchedField, string> = {
  status: 'status',
  importance: 'importance',
  due: 'dueAt',
  occurred: 'occurredAt',
  type: 'type',
  project: 'projectId',
  title: 'title',
  payload: 'payload',
};

type Speaks = (event: EventDoc, order: ProjectDoc | null) => (Word | null)[];

/**
 * What a rule would have said in a stretch of the past, from what is stored now: events as they stand, and for what
 * time brought whether they were still open then.
 */
@Injectable()
export class RuleHistory {
  constructor(
    private readonly events: EventsInTime,
    private readonly decisions: DecisionsService,
    private readonly following: Following,
  ) {}

  /** @param scope what whoever asks may read: of anything else it would tell words and sums by being asked often */
  async of(
    rule: CompiledRule,
    { window, zone, scope }: { window: Range; zone: string; scope: ResolvedFilter },
  ): Promise<{ said: Said[]; isWhole: boolean }> {
    const said: Said[] = [];
    let left = MOST;
    const filter = and(rule.filter, scope);
    const compiled = { ...rule, filter, finds: toPredicate(filter) };
    const { sources, speaks } = await this.#asked(compiled, window, zone);
    for (const source of sources) {
      for await (const page of source) {
        left -= page.length;
        const events = page.filter((event) => isSpokenOf(event) && compiled.finds(event));
        const orders = await this.decisions.ordersOf(events);
        const found = events.flatMap((event): Said[] => {
          const order = orders.get(event.projectId) ?? null;
          const words = compiled.isOf(order)
            ? speaks(event, order).filter(
                (word): word is Word => word !== null && isWithin(word, event, window),
              )
            : [];
          return words.length > 0 ? [{ event, order, words }] : [];
        });
        said.push(...(await this.following.unfollowed(found, { asOfThen: true })));
        if (left <= 0) return { said, isWhole: false };
      }
    }
    return { said, isWhole: true };
  }

  async #asked(
    compiled: CompiledRule,
    window: Range,
    zone: string,
  ): Promise<{ sources: AsyncIterable<EventDoc[]>[]; speaks: Speaks }> {
    const { trigger } = compiled.rule;
    const { from, to } = window;
    const dueSince = (since: Date) => this.events.dueWithin(since, to);
    switch (trigger.on) {
      case 'occurred':
        return {
          sources: [this.events.matching(compiled.filter, from, to)],
          speaks: (event) => [occurrence(compiled, event, event.occurredAt)],
        };
      case 'changed':
        return {
          sources: [this.#revised(compiled, window)],
          speaks: (event) =>
            event.revisions
              .filter(({ changes }) => REVISED[trigger.field] in changes)
              .map(({ at, rev, by }) => changeWord(compiled, { ...event, rev }, { at, by })),
        };
      case 'approaching': {
        const { lead } = trigger;
        if (lead === null)
          return {
            sources: [this.events.dueWithin(from, new Date(to.getTime() + EARLIER_MS))],
            speaks: (event) => {
              const moments = dueMoments(event);
              return [moments && deadline(compiled, event, 'approaching', moments.approachingAt)];
            },
          };
        const range = laterBy(window, lead, zone);
        return {
          sources: [
            this.events.dueWithin(range.from, range.to),
            this.events.plannedWithin(range.from, range.to),
          ],
          speaks: (event, order) => [approach(compiled, asOpen(event), order)],
        };
      }
      case 'due':
        return {
          sources: [dueSince(from)],
          speaks: (event) => [event.dueAt && deadline(compiled, event, 'due', event.dueAt)],
        };
      case 'overdue':
        return {
          sources: [dueSince(trigger.every ? new Date(0) : new Date(from.getTime() - LONGEST_MS))],
          speaks: (event) => {
            if (trigger.every) return [...repetitions(compiled, event, window)];
            const moments = dueMoments(event);
            return [moments && deadline(compiled, event, 'overdue', moments.overdueAt)];
          },
        };
      case 'absent': {
        const range = earlierBy(window, trigger.within, zone);
        return {
          sources: [this.events.matching(compiled.filter, range.from, range.to)],
          speaks: (event, order) => [absence(compiled, event, { order, zone })],
        };
      }
    }
  }

  /** With their revisions. */
  async *#revised(compiled: CompiledRule, { from, to }: Range): AsyncGenerator<EventDoc[]> {
    const since = new Date(from.getTime() - EARLIER_MS);
    for await (const page of this.events.matching(compiled.filter, since, to))
      yield await this.events.withRevisions(page.filter(({ rev }) => rev > 1).map(({ _id }) => _id));
  }
}

/** What is done by now was open once: when it was done says until when. */
const asOpen = (event: EventDoc): EventDoc =>
  event.status === 'resolved' ? { ...event, status: event.resolved?.from ?? 'open' } : event;

function* repetitions(compiled: CompiledRule, event: EventDoc, { from, to }: Range): Generator<Word> {
  const { trigger } = compiled.rule;
  if (trigger.on !== 'overdue' || !trigger.every) return;
  const end = event.resolved && event.resolved.at < to ? event.resolved.at : to;
  let at = repetitionAt(event, trigger.every, end)?.last ?? null;
  while (at && at > from) {
    yield repetition(compiled, event, at);
    at = repetitionAt(event, trigger.every, new Date(at.getTime() - 1))?.last ?? null;
  }
}

/** Whether something was said in the window, about what was open then, and was no history when it came. */
function isWithin({ since, reason }: Word, event: EventDoc, { from, to }: Range): boolean {
  if (since <= from || since > to) return false;
  const isImported = Boolean(event.source?.batchId ?? event.source?.sent);
  if (isImported && event.recordedAt.getTime() - since.getTime() >= FRESH_MS) return false;
  if (reason === 'occurred' || reason === 'changed') return true;
  if (event.status === 'recorded') return reason === 'absent' || event.dueAt === null;
  return event.resolved === null || event.resolved.at > since;
}

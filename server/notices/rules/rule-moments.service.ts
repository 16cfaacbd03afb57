import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { isOpen } from '@svodka/shared/rules/status';
import type { Connection, mongo } from 'mongoose';
import { DeadlineSweep } from '../../deadlines/sweep.service.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { EventsInTime } from '../../events/events-in-time.repository.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';
import { WorkingDaysService } from '../../working-days/working-days.service.ts';
import { escalationOf } from '../decide.ts';
import { DecisionsService } from '../decisions.service.ts';
import type { NoticeDoc } from '../notice.schema.ts';
import { NoticesRepository } from '../notices.repository.ts';
import type { OrderImage } from './images.ts';
import { LiveRules } from './live-rules.ts';
import { earlierBy, laterBy, type Range, repetitionAt } from './moments.ts';
import type { RuleDoc } from './rule.schema.ts';
import type { CompiledRule } from './rule-set.ts';
import { RulesRepository } from './rules.repository.ts';
import { absence, approach, FRESH_MS, repetition, type Word } from './words.ts';

const ID = 'notices.moments';
type Swept = { _id: string; at: Date };

/** What strikes so soon is woken for to the second; the sweep of the minute finds the rest. */
const AHEAD_MS = 61_000;
const BATCH = 200;
/** Another calendar may have moved moments into what was swept: no holidays are longer. */
const MISSED_MS = 21 * 86_400_000;
const MINUTE = 60_000;

/** A rule, and those that say the same of whatever they find too: together they make one notice (SPEC R4). */
type Speaking = { compiled: CompiledRule; alike: readonly CompiledRule[] };

const sayTheSame = (a: CompiledRule, b: CompiledRule): boolean =>
  isDeepStrictEqual(a.rule.trigger, b.rule.trigger);

type Found = (event: EventDoc, order: OrderImage | null) => Word | null;

/**
 * Speaks for rules whose moment comes by time alone: so long before a deadline, again while it is overdue, when
 * something did not follow, when nobody did anything. The moments are not stored: they follow from rules, events and
 * the calendar. What is stored is up to when they were swept, so that a standstill, a crash or a second node misses
 * none, and N6 lets none be told twice. It goes along with the sweep of deadlines: the same clock, the same alarms.
 */
@Injectable()
export class RuleMoments implements OnModuleInit {
  readonly #settings: mongo.Collection<Swept>;
  /** Of each rule that repeats: when it has to look through what is overdue again. */
  readonly #repeats = new Map<Id, { rule: RuleDoc; at: number }>();

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly live: LiveRules,
    private readonly rules: RulesRepository,
    private readonly decisions: DecisionsService,
    private readonly notices: NoticesRepository,
    private readonly events: EventsRepository,
    private readonly inTime: EventsInTime,
    private readonly sweep: DeadlineSweep,
    private readonly workingDays: WorkingDaysService,
  ) {
    this.#settings = driverCollection<Swept>(connection, 'settings');
  }

  onModuleInit(): void {
    this.sweep.along((now) => this.pass(now));
    this.workingDays.onChange(async () => {
      const swept = await this.#settings.findOne({ _id: ID });
      if (!swept) return;
      const at = new Date(swept.at.getTime() - MISSED_MS);
      await this.#settings.updateOne({ _id: ID, at: swept.at }, { $set: { at } });
      await this.sweep.run();
    });
  }

  /** Speaks of everything up to now. @returns when it is needed next, if that is soon */
  async pass(now: Date): Promise<Date | null> {
    const swept = await this.#settings.findOne({ _id: ID });
    const { timed } = await this.live.set();
    const next: Date[] = [];
    for (const compiled of swept ? timed : []) {
      const from = new Date(Math.max(swept?.at.getTime() ?? 0, compiled.rule.since.getTime()));
      const alike = timed.filter((other) => other !== compiled && sayTheSame(compiled, other));
      const soon = await this.#speak({ compiled, alike }, { from, to: now });
      if (soon) next.push(soon);
    }
    const escalation = await this.#escalate(now);
    if (escalation) next.push(escalation);
    await this.#settings.updateOne({ _id: ID }, { $max: { at: now } }, { upsert: true });
    return next.length > 0 ? new Date(Math.min(...next.map(Number))) : null;
  }

  async #speak(speaking: Speaking, window: Range): Promise<Date | null> {
    const { compiled } = speaking;
    const { trigger } = compiled.rule;
    const { zone } = this.live;
    const ahead = { from: window.from, to: new Date(window.to.getTime() + AHEAD_MS) };
    if (trigger.on === 'approaching' && trigger.lead) {
      const found: Found = (event, order) => approach(compiled, event, order);
      const range = laterBy(ahead, trigger.lead, zone);
      const soon = [
        await this.#among(this.inTime.dueWithin(range.from, range.to), { ...speaking, window, found }),
        await this.#among(this.inTime.plannedWithin(range.from, range.to), { ...speaking, window, found }),
      ];
      return soonest(soon);
    }
    if (trigger.on === 'absent') {
      const range = earlierBy(ahead, trigger.within, zone);
      return this.#among(this.inTime.matching(compiled.filter, range.from, range.to), {
        ...speaking,
        window,
        found: (event, order) => absence(compiled, event, { order, zone }),
      });
    }
    return this.#repeat(speaking, window);
  }

  /** What is overdue may be much, and is looked through only when a repetition is due, and once a minute. */
  async #repeat(speaking: Speaking, window: Range): Promise<Date | null> {
    const { compiled } = speaking;
    const { rule } = compiled;
    const { trigger } = rule;
    const known = this.#repeats.get(rule._id);
    if (trigger.on !== 'overdue' || !trigger.every) return null;
    if (known?.rule === rule && window.to.getTime() < known.at) return new Date(known.at);
    const { every } = trigger;
    let next = window.to.getTime() + MINUTE;
    // Passes since the last look have gone by what came meanwhile, and the look is no more than a minute ago.
    const from = new Date(Math.max(window.from.getTime() - MINUTE, rule.since.getTime()));
    await this.#among(this.inTime.overdue(), {
      ...speaking,
      window: { from, to: window.to },
      found: (event) => {
        const moments = repetitionAt(event, every, window.to);
        if (moments) next = Math.min(next, moments.next.getTime());
        return moments?.last ? repetition(compiled, event, moments.last) : null;
      },
    });
    this.#repeats.set(rule._id, { rule, at: next });
    return new Date(next);
  }

  /** Says what of some events has struck in the window. @returns when the first strikes after it */
  async #among(
    pages: AsyncIterable<EventDoc[]>,
    { compiled, alike, window, found }: Speaking & { window: Range; found: Found },
  ): Promise<Date | null> {
    let soon: Date | null = null;
    for await (const page of pages) {
      const events = page.filter((event) => event.deletedAt === null && compiled.finds(event));
      const orders = await this.decisions.ordersOf(events);
      const said = events.flatMap((event) => {
        const order: ProjectDoc | null = orders.get(event.projectId) ?? null;
        const word = compiled.isOf(order) ? found(event, order) : null;
        if (!word || word.since <= window.from || isHistory(event, word, window.to)) return [];
        if (word.since <= window.to) {
          const others = alike.filter(
            (other) => word.since > other.rule.since && other.finds(event) && other.isOf(order),
          );
          const words = [word, ...others.map((other) => ({ ...word, compiled: other }))];
          return [{ event, order, words: isOver(word, window.to) ? [] : words }];
        }
        soon = soon && soon < word.since ? soon : word.since;
        return [];
      });
      await this.decisions.say(said);
    }
    return soon;
  }

  /** Calls those who come next for what waits still. */
  async #escalate(now: Date): Promise<Date | null> {
    for (;;) {
      const notices = await this.notices.escalating(now, BATCH);
      await this.#callNext(notices, now);
      if (notices.length < BATCH) return this.notices.nextEscalation();
    }
  }

  async #callNext(notices: readonly NoticeDoc[], now: Date): Promise<void> {
    if (notices.length === 0) return;
    const [events, rules, people] = await Promise.all([
      this.events.byIds(notices.map(({ eventId }) => eventId)),
      this.rules.byIds([...new Set(notices.flatMap(({ ruleIds = [] }) => ruleIds))]),
      this.live.people(),
    ]);
    const eventById = new Map(events.map((event) => [event._id, event]));
    const ruleById = new Map(rules.map((rule) => [rule._id, rule]));
    const orders = await this.decisions.ordersOf(events);
    for (const notice of notices) {
      const event = eventById.get(notice.eventId);
      const isOpenStill = event && event.deletedAt === null && isOpen(event);
      const waits = isOpenStill && !event.claim;
      const order = event ? (orders.get(event.projectId) ?? null) : null;
      const passed = (now.getTime() - notice.createdAt.getTime()) / MINUTE;
      const escalating = (notice.ruleIds ?? []).flatMap((id) => {
        const rule = ruleById.get(id);
        return rule?.escalation && !rule.removedAt ? [{ rule, after: rule.escalation.afterMinutes }] : [];
      });
      if (waits) {
        const due = escalating.filter(({ after }) => after <= passed);
        const intents = due.flatMap(({ rule }) => escalationOf(rule, notice, { event, order, people }));
        await this.decisions.tell(intents.map((intent) => ({ intent, event })));
      }
      const rest = escalating.map(({ after }) => after).filter((after) => after > passed);
      const left = rest.length > 0 ? new Date(notice.createdAt.getTime() + Math.min(...rest) * MINUTE) : null;
      // Whoever holds it may let go of it undone.
      const next = isOpenStill ? (event.claim ? new Date(now.getTime() + MINUTE) : left) : null;
      await this.notices.escalate(notice._id, notice.escalateAt as Date, next);
    }
  }
}

/** What is ahead is told late after a standstill, but not once it is behind. */
const isOver = ({ reason, at }: Word, now: Date): boolean => reason === 'approaching' && at <= now;

/** The history of an import that came meanwhile is none of anybody's business (SPEC N5). */
const isHistory = ({ source }: EventDoc, { since }: Word, now: Date): boolean =>
  Boolean(source?.batchId ?? source?.sent) && now.getTime() - since.getTime() >= FRESH_MS;

const soonest = (moments: readonly (Date | null)[]): Date | null => {
  const known = moments.filter((moment): moment is Date => moment !== null);
  return known.length > 0 ? new Date(Math.min(...known.map(Number))) : null;
};

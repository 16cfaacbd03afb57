import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { FACT_TYPES } from '@svodka/shared/rules/orders/fills';
import { seesAllLines } from '@svodka/shared/rules/permissions';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { GatheredNews } from '../platform/sockets/gathered-news.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';

const FACTS: ReadonlySet<string> = new Set(FACT_TYPES);
const GATHER_MS = 250;

type Team = { managerId: Id | null; appointedIds: readonly Id[] };

/**
 * Tells which orders' work may have changed (WK6): ids to who sees the order, to others only that something has, because
 * the crews' days that are taken are theirs to know as well. What becomes of it they ask for.
 */
@Injectable()
export class WorkNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['events', 'projects'] as const;
  /** Who sees each order that has changed, beside those who see all: the people of before and after. */
  #touched = new Map<Id, Set<Id>>();
  readonly #news: GatheredNews;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {
    this.#news = new GatheredNews(sockets, 'work.changed', GATHER_MS, () => this.#take());
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  onModuleDestroy(): void {
    this.#news.stop();
  }

  async tell({ collection, id, kind, before, after }: Change): Promise<void> {
    if (this.sockets.hasNobody) return;
    if (collection === 'projects') {
      if (kind !== 'update') return;
      this.#touch(
        id,
        [before, after].flatMap((doc) => peopleOf(doc as Team | null)),
      );
      return;
    }
    for (const event of [before, after] as (EventDoc | null)[]) {
      if (event?.projectId && FACTS.has(event.type)) this.#touch(event.projectId, event.audienceIds);
    }
  }

  /** The log was lost: whoever shows a calendar reads it anew with the reconnect of its feeds. */
  async anew(): Promise<void> {
    for (const socket of this.sockets.all()) socket.emit('work.changed', { projectIds: [], others: true });
  }

  #touch(projectId: Id, people: readonly Id[]): void {
    const known = this.#touched.get(projectId) ?? new Set();
    for (const person of people) known.add(person);
    this.#touched.set(projectId, known);
    this.#news.soon();
  }

  #take(): (user: AppSocket['data']['user']) => string {
    const touched = [...this.#touched];
    this.#touched = new Map();
    return (user) => {
      const projectIds = (
        seesAllLines(user) ? touched : touched.filter(([, people]) => people.has(user.id))
      ).map(([id]) => id);
      const others = projectIds.length < touched.length;
      return `"projectIds":${JSON.stringify(projectIds)},"others":${others}`;
    };
  }
}

const peopleOf = (team: Team | null): Id[] =>
  team ? [...(team.managerId ? [team.managerId] : []), ...team.appointedIds] : [];

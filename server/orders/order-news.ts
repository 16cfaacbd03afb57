import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { seesProject } from '@svodka/shared/rules/permissions';
import type { Document } from 'mongodb';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { GatheredNews } from '../platform/sockets/gathered-news.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import type { ProjectDoc } from './projects/project.schema.ts';

/** Changes within this time are told together, ms: one event changes its order, and often several do. */
const GATHER_MS = 150;
/** Of more than so many pages read their list anew. */
const MAX_TOLD = 100;

/** By what deadlines were told, and whether events are to be rewritten: each is written by itself, and is no news. */
const BESIDE = ['announced', 'rewrite'];
const isBesideLine = (before: Document, after: Document): boolean =>
  before.version === after.version && BESIDE.some((field) => !isDeepStrictEqual(before[field], after[field]));
type Team = Pick<ProjectDoc, 'managerId' | 'appointedIds'>;

/**
 * Tells the pages which orders have changed, to whoever sees them or saw them before. What has become of them they ask
 * themselves, with the filter and the sort of their list, so what a list shows is what its query returns.
 */
@Injectable()
export class OrderNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['projects'] as const;
  #gathered = new Map<Id, Team[]>();
  readonly #news: GatheredNews;

  constructor(
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
  ) {
    this.#news = new GatheredNews(sockets, 'orders.changed', GATHER_MS, () => this.#take());
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  onModuleDestroy(): void {
    this.#news.stop();
  }

  async tell({ id, before, after }: Change): Promise<void> {
    if (this.sockets.hasNobody) return;
    if (before && after && isBesideLine(before, after)) return;
    const teams = [before, after].filter((doc) => doc !== null) as unknown as ProjectDoc[];
    const known = this.#gathered.get(id) ?? [];
    this.#gathered.set(id, [
      ...known,
      ...teams.map(({ managerId, appointedIds }) => ({ managerId, appointedIds })),
    ]);
    this.#news.soon();
  }

  async anew(): Promise<void> {
    for (const socket of this.sockets.all()) socket.emit('orders.changed', { ids: null });
  }

  #take(): (user: AppSocket['data']['user']) => string | null {
    const gathered = [...this.#gathered];
    this.#gathered = new Map();
    return (user) => {
      const ids = gathered.flatMap(([id, teams]) =>
        teams.some((team) => seesProject(user, team)) ? [id] : [],
      );
      return ids.length === 0 ? null : `"ids":${JSON.stringify(ids.length > MAX_TOLD ? null : ids)}`;
    };
  }
}

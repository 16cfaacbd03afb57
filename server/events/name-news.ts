import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Refs } from '@svodka/shared/contracts/refs';
import { and, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { canonicalKey } from '@svodka/shared/filter/canonical';
import type { Document } from 'mongodb';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { toCounterpartyRef } from '../counterparties/counterparty.mapper.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { Scopes } from '../entries/scopes.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { type NamesReader, RefsService, readerOf } from '../refs/refs.service.ts';
import { EventsRepository } from './events.repository.ts';

/** What of each thing its name shows; other fields may change without anybody hearing of it. Cards are read again. */
const SHOWN = {
  projects: ['number', 'objectAddress', 'counterpartyId'],
  counterparties: ['version'],
  users: ['name', 'disabledAt'],
} as const;
type Kind = keyof typeof SHOWN;

/** Keeps the names beside rows live (F18 of the feeds). */
@Injectable()
export class NameNews implements ChangeListener, OnModuleInit {
  readonly collections = ['projects', 'counterparties', 'users'] as const;

  constructor(
    private readonly refs: RefsService,
    private readonly events: EventsRepository,
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
    private readonly scopes: Scopes,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ collection, kind, id, before, after }: Change): Promise<void> {
    const of = collection as Kind;
    if (kind === 'insert' || !after) return;
    if (before && SHOWN[of].every((field) => isDeepStrictEqual(before[field], after[field]))) return;
    const readers = await this.#readersOf(of, id);
    if (of === 'counterparties' && before) this.#tellLosers(before as CounterpartyDoc, after, readers);
    if (readers.length === 0) return;
    const refs = await this.#refs(of, id, 'sees-all');
    for (const socket of readers) socket.emit('refs.changed', refs);
  }

  /** Whose it was hears only the name that they knew: enough for their page of it to ask, and to be told that it is not there. */
  #tellLosers(before: CounterpartyDoc, after: Document, readers: readonly AppSocket[]): void {
    const { managerId } = before;
    if (managerId === null || managerId === after.managerId) return;
    const refs: Refs = { projects: [], counterparties: [toCounterpartyRef(before)], users: [] };
    for (const socket of this.sockets.ofUser(managerId))
      if (!readers.includes(socket)) socket.emit('refs.changed', refs);
  }

  /**
   * Colleagues are known to everybody; a project to whoever may see an event that names it, and it. Of a counterparty
   * everybody hears who may see it: its page may be open, and lists hold it, before any event names it.
   */
  async #readersOf(of: Kind, id: string): Promise<AppSocket[]> {
    const all = this.sockets.all();
    if (of === 'users') return all;
    const named: ResolvedFilter = { field: 'project', in: [id] };
    const byScope = new Map<string, { scope: ResolvedFilter; reader: NamesReader; sockets: AppSocket[] }>();
    for (const socket of all) {
      const scope = this.scopes.of(socket.data.user);
      const reader = readerOf(socket.data.user);
      const key = reader === 'sees-all' ? canonicalKey(scope) : reader.id;
      const group = byScope.get(key);
      if (group) group.sockets.push(socket);
      else byScope.set(key, { scope, reader, sockets: [socket] });
    }
    const readers: AppSocket[] = [];
    for (const { scope, reader, sockets } of byScope.values()) {
      if (of === 'projects' && (await this.events.count(and(scope, named), 1)).n === 0) continue;
      const refs = reader === 'sees-all' ? null : await this.#refs(of, id, reader);
      if (!refs || refs.projects.length + refs.counterparties.length > 0) readers.push(...sockets);
    }
    return readers;
  }

  #refs(of: Kind, id: string, reader: NamesReader): Promise<Refs> {
    if (of === 'projects') return this.refs.refsOf(reader, { projectIds: [id] });
    if (of === 'counterparties') return this.refs.refsOf(reader, { counterpartyIds: [id] });
    return this.refs.refsOf(reader, { userIds: [id] });
  }
}

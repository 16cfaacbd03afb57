import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import {
  type IngestCounts,
  type ModuleState,
  type ModuleToken,
  type Source,
  type SourceEdit,
  type SourceError,
  type TokenCreate,
  typesOfModule,
} from '@svodka/shared/contracts/ingest';
import { CONNECTED_MODULES, type ConnectedModule } from '@svodka/shared/contracts/modules';
import { COUNT_LIMIT } from '@svodka/shared/feed/feed';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { DateTime } from 'luxon';
import type { ModuleTokenDoc } from '../accounts/module-token.schema.ts';
import { ModuleTokens } from '../accounts/module-tokens.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { type SourceDayDoc, type SourceDoc, type SourceErrorDoc, UNSET } from './source.schema.ts';
import { SourcesRepository } from './sources.repository.ts';

const unset = (module: ConnectedModule): SourceDoc => ({ _id: module, ...UNSET });

/** The modules: what is set for each, and what is known of it. */
@Injectable()
export class SourcesService {
  constructor(
    private readonly sources: SourcesRepository,
    private readonly tokens: ModuleTokens,
    private readonly events: EventsRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async settings(module: ConnectedModule): Promise<SourceDoc> {
    return (await this.sources.settings(module)) ?? unset(module);
  }

  /** The settings of a module that may speak. @throws AppError `forbidden` */
  async open(module: ConnectedModule): Promise<SourceDoc> {
    const settings = await this.settings(module);
    if (!settings.isOn)
      throw new AppError('forbidden', '#module-off', [{ field: 'module', reason: 'module-off' }]);
    return settings;
  }

  async states(): Promise<(ModuleState & { types: string[] })[]> {
    const found = new Map((await this.sources.allSettings()).map((doc) => [doc._id, doc]));
    return CONNECTED_MODULES.map((module) => ({
      ...stateOf(found.get(module) ?? unset(module)),
      types: typesOfModule(module),
    }));
  }

  async list(): Promise<Source[]> {
    const [settings, tokens] = await Promise.all([this.sources.allSettings(), this.tokens.all()]);
    const days = await this.sources.lastDays(tokens.map(({ _id }) => _id));
    return Promise.all(
      CONNECTED_MODULES.map(async (module): Promise<Source> => {
        const doc = settings.find(({ _id }) => _id === module) ?? unset(module);
        const [lastHeard, errors, today] = await Promise.all([
          this.lastHeard(module),
          this.sources.countErrors(module),
          this.#eventsToday(module),
        ]);
        return {
          ...stateOf(doc),
          expectMin: doc.expectMin,
          replayFrom: doc.replayFrom?.toISOString() ?? null,
          recordings: doc.recordings ?? null,
          lastHeardAt: lastHeard?.toISOString() ?? null,
          eventsToday: today,
          errors,
          errorsLetGo: errors > 0 ? (doc.errorsLetGo ?? 0) : 0,
          tokens: tokens
            .filter((token) => token.module === module)
            .map((token) => this.token(token, days.get(token._id))),
        };
      }),
    );
  }

  /**
   * When a module was heard last: through its tokens where it has any that live, for then it is those that are waited for;
   * else when its newest events were written, whoever wrote them.
   */
  async lastHeard(module: ConnectedModule): Promise<Date | null> {
    const isConnected = (await this.tokens.all()).some(
      (token) => token.module === module && this.tokens.isLiving(token),
    );
    return isConnected ? this.sources.lastWord(module) : this.events.lastWrittenOf(module);
  }

  async edit({ module, ...edit }: SourceEdit): Promise<Source> {
    const before = await this.settings(module);
    const { isOn = before.isOn, expectMin = before.expectMin, replayFrom } = edit;
    await this.sources.set(module, {
      ...(edit.isOn !== undefined && { isOn }),
      ...(edit.expectMin !== undefined && { expectMin }),
      ...(edit.recordings !== undefined && { recordings: edit.recordings }),
      ...(replayFrom !== undefined && { replayFrom: replayFrom === null ? null : new Date(replayFrom) }),
      // Waited for anew: it has its whole time from now on.
      ...((isOn !== before.isOn || expectMin !== before.expectMin) && { waitedSince: this.clock.now() }),
    });
    return (await this.list()).find((source) => source.module === module) as Source;
  }

  async createToken(userId: Id, create: TokenCreate): Promise<{ token: string; item: ModuleToken }> {
    const { token, doc } = await this.tokens.create(userId, create);
    return { token, item: this.token(doc, undefined) };
  }

  /** @throws AppError `not-found` */
  async revokeToken(id: Id): Promise<ModuleToken> {
    const doc = await this.tokens.revoke(id);
    return this.token(doc, (await this.sources.lastDays([id])).get(id));
  }

  token(doc: ModuleTokenDoc, day: SourceDayDoc | undefined): ModuleToken {
    const isToday = day?.day === this.today();
    const { created = 0, changed = 0, unchanged = 0, refused = 0 } = (isToday && day) || {};
    return {
      id: doc._id,
      module: doc.module,
      name: doc.name,
      types: doc.types,
      signs: doc.secret !== undefined,
      unknownOrders: doc.unknownOrders,
      unknownCounterparties: doc.unknownCounterparties,
      createdAt: doc.createdAt.toISOString(),
      createdBy: doc.createdBy,
      expiresAt: doc.expiresAt?.toISOString() ?? null,
      revokedAt: doc.revokedAt?.toISOString() ?? null,
      lastUsedAt: day?.at.toISOString() ?? null,
      today: { created, changed, unchanged, refused },
    };
  }

  heard({ _id, module }: ModuleTokenDoc, counts: IngestCounts, at = this.clock.now()): Promise<void> {
    return this.sources.heard({ tokenId: _id, module, day: this.today(), at }, counts);
  }

  replayed(module: ConnectedModule, from: Date): Promise<void> {
    return this.sources.replayed(module, from);
  }

  hasErrors(tokenId: Id): Promise<boolean> {
    return this.sources.hasErrors(tokenId);
  }

  addErrors(errors: readonly SourceErrorDoc[]): Promise<void> {
    return this.sources.addErrors(errors);
  }

  dropErrors(ids: readonly Id[]): Promise<number> {
    return this.sources.dropErrors(ids);
  }

  trimErrors(module: ConnectedModule): Promise<void> {
    return this.sources.trimErrors(module);
  }

  async errors(module: ConnectedModule | undefined, after: string | undefined, limit: number) {
    const { docs, next } = await this.sources.errors(module, after, limit);
    return { items: docs.map(toSourceError), next };
  }

  /** @throws AppError `not-found` */
  async error(id: Id): Promise<SourceErrorDoc> {
    const found = await this.sources.error(id);
    if (!found) throw new AppError('not-found', `no refused line ${id}`);
    return found;
  }

  today(): string {
    return DateTime.fromJSDate(this.clock.now(), { zone: this.config.tzDefault }).toISODate() ?? '';
  }

  /** What has come since midnight, whenever it happened. */
  async #eventsToday(module: ConnectedModule) {
    const { filter } = resolveFilter(
      {
        and: [
          { field: 'module', in: [module] },
          { field: 'recorded', from: this.today() },
          { field: 'deleted', exists: false },
        ],
      },
      { now: this.clock.now(), zone: this.config.tzDefault },
    );
    return this.events.count(filter, COUNT_LIMIT);
  }
}

export const stateOf = ({ _id, isOn, silentSince }: SourceDoc): ModuleState => ({
  module: _id,
  isOn,
  silentSince: isOn ? (silentSince?.toISOString() ?? null) : null,
});

const toSourceError = ({ _id, at, ...rest }: SourceErrorDoc): SourceError => ({
  id: _id,
  at: at.toISOString(),
  ...rest,
});

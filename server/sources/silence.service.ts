import { Injectable } from '@nestjs/common';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import { translate } from '@svodka/shared/messages/translate';
import { isLongerThan, workingMinutesOf } from '@svodka/shared/rules/working-time';
import type { Change } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Watch } from '../changes/watch.ts';
import { closing } from '../events/closing.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import type { SourceDayDoc, SourceDoc } from './source.schema.ts';
import { SourcesRepository } from './sources.repository.ts';
import { SourcesService } from './sources.service.ts';
import type { TableDoc } from './tables/table.schema.ts';
import { TablesRepository } from './tables/tables.repository.ts';

const EVERY_MS = 60_000;
const KEY = 'silence';

/** A source that may be waited for: a module, or a table that comes again and again. */
type Waited = Pick<SourceDoc, 'isOn' | 'expectMin' | 'waitedSince' | 'silentSince'> & {
  id: string;
  title: string;
  /** What it is, by which its title is said in the reader's language. */
  fields: { module: ConnectedModule } | { table: string };
  heard(): Promise<Date | null>;
  set(from: Date | null, to: Date | null): Promise<void>;
};

/**
 * Tells of modules and tables that are waited for and say nothing, and takes it back with their next word. It follows from what is
 * stored alone, so it may run anywhere any number of times: at start, every minute, and when a silent module is heard.
 * The event's key is the module's last word, so several processes write one; the settings' `silentSince` is written
 * after it, and whoever dies in between leaves both to the next pass.
 */
@Injectable()
export class SilenceWatch extends Watch {
  readonly collections = ['sources', 'source_days', 'tables'] as const;
  readonly #silent = new Set<string>();

  constructor(
    private readonly repository: SourcesRepository,
    private readonly sources: SourcesService,
    private readonly tables: TablesRepository,
    private readonly intake: EventIntake,
    private readonly events: EventsRepository,
    bus: ChangeBus,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'sources' });
    super(bus, EVERY_MS, (err) => log.warn('silent modules could not be looked for, and will be', { err }));
  }

  /** Does not keep the push of the change waiting. */
  see({ collection, after }: Change): void {
    const doc = after as SourceDoc | SourceDayDoc | null;
    if (!doc) return;
    if (collection !== 'source_days' || this.#silent.has((doc as SourceDayDoc).module)) this.soon();
  }

  protected async look(): Promise<void> {
    const modules = (await this.repository.allSettings()).map((doc) => this.#module(doc));
    const tables = (await this.tables.all()).map((doc) => this.#table(doc));
    for (const source of [...modules, ...tables]) {
      if (this.isStopped) return;
      await this.#look(source);
    }
  }

  #module({ _id: module, ...settings }: SourceDoc): Waited {
    return {
      ...settings,
      id: module,
      title: translate('ru', 'sources.silent.title', { module: translate('ru', `module.${module}`) }),
      fields: { module },
      heard: () => this.sources.lastHeard(module),
      set: (from, to) => this.repository.setSilent(module, from, to),
    };
  }

  #table({ _id: id, name, dump, createdAt, ...doc }: TableDoc): Waited {
    const { isOn = true, expectMin = null, waitedSince = createdAt, silentSince = null } = doc;
    return {
      ...{ id, isOn, expectMin, waitedSince, silentSince },
      title: translate('ru', 'sources.silent.table', { table: name }),
      fields: { table: name },
      heard: async () => dump?.at ?? null,
      set: (from, to) => this.tables.setSilent(id, from, to),
    };
  }

  async #look(source: Waited): Promise<void> {
    const { id, isOn, expectMin, waitedSince, silentSince } = source;
    const now = await this.clock.certain();
    const heard = await source.heard();
    const since = heard && heard > waitedSince ? heard : waitedSince;
    const isSilent =
      isOn &&
      expectMin !== null &&
      isLongerThan(workingMinutesOf(expectMin), since, now, this.config.tzDefault);
    if (isSilent) this.#silent.add(id);
    else this.#silent.delete(id);
    if (isSilent && silentSince?.getTime() === since.getTime()) return;
    if (!isSilent && !silentSince) return;
    if (silentSince) await this.#close(id, silentSince);
    if (isSilent) await this.#tell(source, since, now);
    await source.set(silentSince, isSilent ? since : null);
  }

  async #tell({ id, title, fields }: Waited, since: Date, now: Date): Promise<void> {
    await this.intake.tell({
      type: 'module.silent',
      title,
      occurredAt: now,
      payload: { fields: { ...fields, since: since.toISOString() } },
      externalId: keyOf(id, since),
    });
  }

  async #close(id: string, since: Date): Promise<void> {
    const event = await this.events.bySource('system', keyOf(id, since));
    if (event) await closing(this.events, event, this.clock.now());
  }
}

const keyOf = (id: string, since: Date): string => `${KEY}:${id}:${since.toISOString()}`;

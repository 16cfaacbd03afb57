import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import { translate } from '@svodka/shared/messages/translate';
import { isLongerThan, workingMinutesOf } from '@svodka/shared/rules/working-time';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { closing } from '../events/closing.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import type { SourceDayDoc, SourceDoc } from './source.schema.ts';
import { SourcesRepository } from './sources.repository.ts';
import { SourcesService } from './sources.service.ts';

const EVERY_MS = 60_000;
const KEY = 'silence';

/**
 * Tells of modules that are waited for and say nothing, and takes it back with their next word. It follows from what is
 * stored alone, so it may run anywhere any number of times: at start, every minute, and when a silent module is heard.
 * The event's key is the module's last word, so several processes write one; the settings' `silentSince` is written
 * after it, and whoever dies in between leaves both to the next pass.
 */
@Injectable()
export class SilenceWatch implements ChangeListener, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly collections = ['sources', 'source_days'] as const;
  readonly #silent = new Set<string>();
  readonly #pass: RepeatedPass;

  constructor(
    private readonly repository: SourcesRepository,
    private readonly sources: SourcesService,
    private readonly intake: EventIntake,
    private readonly events: EventsRepository,
    private readonly bus: ChangeBus,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'sources' });
    this.#pass = new RepeatedPass(
      () => this.#all(),
      (err) => log.warn('silent modules could not be looked for, and will be', { err }),
    );
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  onApplicationBootstrap(): void {
    this.#pass.start(EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#pass.stop();
  }

  /** Does not keep the push of the change waiting. */
  see({ collection, after }: Change): void {
    const doc = after as SourceDoc | SourceDayDoc | null;
    if (!doc) return;
    if (collection === 'sources' || this.#silent.has((doc as SourceDayDoc).module)) this.#pass.soon();
  }

  /** Looks at every module. Asked while it runs, it looks once more. */
  run(): Promise<void> {
    return this.#pass.run();
  }

  async #all(): Promise<void> {
    for (const settings of await this.repository.allSettings()) {
      if (this.#pass.isStopped) return;
      await this.#look(settings);
    }
  }

  async #look({ _id: module, isOn, expectMin, waitedSince, silentSince }: SourceDoc): Promise<void> {
    const now = await this.clock.certain();
    const heard = await this.sources.lastHeard(module);
    const since = heard && heard > waitedSince ? heard : waitedSince;
    const isSilent =
      isOn &&
      expectMin !== null &&
      isLongerThan(workingMinutesOf(expectMin), since, now, this.config.tzDefault);
    if (isSilent) this.#silent.add(module);
    else this.#silent.delete(module);
    if (isSilent && silentSince?.getTime() === since.getTime()) return;
    if (!isSilent && !silentSince) return;
    if (silentSince) await this.#close(module, silentSince);
    if (isSilent) await this.#tell(module, since, now);
    await this.repository.setSilent(module, silentSince, isSilent ? since : null);
  }

  async #tell(module: ConnectedModule, since: Date, now: Date): Promise<void> {
    const title = translate('ru', 'sources.silent.title', { module: translate('ru', `module.${module}`) });
    await this.intake.tell({
      type: 'module.silent',
      title,
      occurredAt: now,
      payload: { fields: { module, since: since.toISOString() } },
      externalId: keyOf(module, since),
    });
  }

  async #close(module: ConnectedModule, since: Date): Promise<void> {
    const event = await this.events.bySource('system', keyOf(module, since));
    if (event) await closing(this.events, event, this.clock.now());
  }
}

const keyOf = (module: ConnectedModule, since: Date): string => `${KEY}:${module}:${since.toISOString()}`;

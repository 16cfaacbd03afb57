import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UsersService } from '../../accounts/users.service.ts';
import { ChangeBus } from '../../changes/change-bus.ts';
import { LiveWhole } from '../../changes/live-whole.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { People } from './people.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';
import { RuleSet } from './rule-set.ts';
import { RulesRepository } from './rules.repository.ts';

/** The rules and the people whom they name, as they were within the last second, mostly from memory. */
@Injectable()
export class LiveRules implements OnModuleInit {
  readonly #docs: LiveWhole<RuleDoc[]>;
  readonly #people: LiveWhole<People>;
  #read: { docs: RuleDoc[]; set: RuleSet } | null = null;

  constructor(
    rules: RulesRepository,
    users: UsersService,
    private readonly bus: ChangeBus,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.#docs = new LiveWhole([RULES], bus, () => rules.all());
    this.#people = new LiveWhole(['users'], bus, async () => new People(await users.all()));
  }

  onModuleInit(): void {
    this.bus.register(this.#docs);
    this.bus.register(this.#people);
  }

  /** Where the company counts its days. */
  get zone(): string {
    return this.config.tzDefault;
  }

  async set(): Promise<RuleSet> {
    const docs = await this.#docs.get();
    const now = this.clock.now();
    const read = this.#read;
    // While the log is far behind, each look brings the same rules anew.
    const isSame = read && isDeepStrictEqual(read.docs, docs);
    if (isSame && !(read.set.nextBoundary && read.set.nextBoundary <= now)) return read.set;
    const set = new RuleSet(docs, { now, zone: this.zone });
    this.#read = { docs, set };
    return set;
  }

  people(): Promise<People> {
    return this.#people.get();
  }

  forget(): void {
    this.#docs.forget();
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChangeBus } from '../../changes/change-bus.ts';
import { LiveWhole } from '../../changes/live-whole.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';
import { RulesRepository } from './rules.repository.ts';

/** The rules as they were within the last second, mostly from memory. */
@Injectable()
export class LiveRules implements OnModuleInit {
  readonly #all: LiveWhole<RuleDoc[]>;

  constructor(
    rules: RulesRepository,
    private readonly bus: ChangeBus,
  ) {
    this.#all = new LiveWhole([RULES], bus, () => rules.all());
  }

  onModuleInit(): void {
    this.bus.register(this.#all);
  }

  all(): Promise<RuleDoc[]> {
    return this.#all.get();
  }

  forget(): void {
    this.#all.forget();
  }
}

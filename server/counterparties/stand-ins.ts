// A filter that somebody has saved goes on meaning the counterparty that it names, whom it stands for by now (M9). Each
// node keeps who was merged: read at start and when the log was lost, then followed. There are few.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { withRefs } from '@svodka/shared/filter/edit';
import type { Connection } from 'mongoose';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';

type Saying = Pick<CounterpartyDoc, '_id' | 'version' | 'merged'>;
/** `into` null: it stands for itself again. */
type Known = { version: number; into: Id | null };

/** So many times one is led on to another; more would be a circle. */
const MOST_STEPS = 20;

@Injectable()
export class StandIns implements ChangeListener, OnModuleInit {
  readonly collections = ['counterparties'] as const;
  readonly #known = new Map<Id, Known>();
  readonly #hearing: ((ids: ReadonlySet<Id>) => void)[] = [];

  constructor(
    @Inject(MONGO) private readonly connection: Connection,
    private readonly bus: ChangeBus,
  ) {}

  async onModuleInit(): Promise<void> {
    this.bus.register(this);
    await this.anew();
  }

  /** @param hear is told of those whose events are asked for by another name from now on */
  onTurned(hear: (ids: ReadonlySet<Id>) => void): void {
    this.#hearing.push(hear);
  }

  see({ id, after }: Change): void {
    this.note((after as Saying | null) ?? { _id: id, version: Number.MAX_SAFE_INTEGER });
  }

  async anew(): Promise<void> {
    const said = new Map<Id, Saying>();
    const merged = driverCollection<CounterpartyDoc>(this.connection, 'counterparties').find(
      { 'merged.into': { $exists: true } },
      { projection: { version: 1, merged: 1 } },
    );
    for await (const doc of merged) said.set(doc._id, doc);
    for (const [_id, { version, into }] of this.#known)
      if (into && !said.has(_id)) this.note({ _id, version });
    for (const saying of said.values()) this.note(saying);
  }

  /** Takes in what a card says. An older version than the one known says nothing. */
  note({ _id, version, merged }: Saying): void {
    const known = this.#known.get(_id);
    const into = merged?.into ?? null;
    if (known ? known.version > version : !into) return;
    const before = this.of(_id);
    this.#known.set(_id, { version, into });
    if ((known?.into ?? null) === into) return;
    const turned = new Set([_id, before, this.of(_id)]);
    for (const hear of this.#hearing) hear(turned);
  }

  /** Whom one stands for: itself, if it was not merged. */
  of(id: Id): Id {
    let at = id;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const into = this.#known.get(at)?.into;
      if (!into) break;
      at = into;
    }
    return at;
  }

  /** The filter as it is to be asked now. */
  asked(filter: Filter): Filter {
    return this.#known.size === 0 ? filter : withRefs(filter, 'counterparty', (id) => this.of(id));
  }
}

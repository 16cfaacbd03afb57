import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { WorkingDays, WorkingDaysEdit, YearDays } from '@svodka/shared/contracts/working-days';
import { CALENDAR_RU } from '@svodka/shared/rules/orders/calendar-ru';
import { putInForce } from '@svodka/shared/rules/orders/working-days';
import type { Connection, mongo } from 'mongoose';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { WORKING_YEARS, type WorkingYearDoc } from './working-year.schema.ts';

/**
 * The working calendar: what was published, and over it what an administrator has set. Each process counts by it from
 * its start on (`onModuleInit`, before anything follows or sweeps), and by another as soon as the change log tells it.
 */
@Injectable()
export class WorkingDaysService implements ChangeListener, OnModuleInit {
  readonly collections = [WORKING_YEARS] as const;
  readonly #years: mongo.Collection<WorkingYearDoc>;
  readonly #listeners: (() => Promise<unknown>)[] = [];

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly bus: ChangeBus,
    private readonly sockets: Sockets,
  ) {
    this.#years = driverCollection<WorkingYearDoc>(connection, WORKING_YEARS);
  }

  async onModuleInit(): Promise<void> {
    this.bus.register(this);
    await this.read();
  }

  /** For whoever has counted days and kept what came of it. */
  onChange(listener: () => Promise<unknown>): void {
    this.#listeners.push(listener);
  }

  async tell({ id }: Change): Promise<void> {
    await this.read();
    if (!this.sockets.hasNobody) this.sockets.server.emit('working-days.changed', { year: Number(id) });
    for (const listener of this.#listeners) await listener();
  }

  /** Counts by what is stored now. */
  async read(): Promise<WorkingDays> {
    const own = await this.#years.find().toArray();
    const set = own.flatMap(({ _id, days }) => (days ? [[Number(_id), days] as const] : []));
    putInForce({ ...CALENDAR_RU, ...Object.fromEntries(set) });
    const versions = new Map(own.map(({ _id, version }) => [Number(_id), version]));
    const years = new Map<number, YearDays>([
      ...Object.entries(CALENDAR_RU).map(([year, days]) => [Number(year), copyOf(days)] as const),
      ...set,
    ]);
    const isOwn = new Set(set.map(([year]) => year));
    return {
      years: [...years]
        .sort(([a], [b]) => a - b)
        .map(([year, days]) => ({
          year,
          ...days,
          isOwn: isOwn.has(year),
          version: versions.get(year) ?? 0,
        })),
    };
  }

  /** @throws AppError `conflict` when somebody has set the year since the editor saw it */
  async edit({ year, version, days }: WorkingDaysEdit): Promise<WorkingDays> {
    const _id = String(year);
    // Set and given back, a year of which nothing was published is not there again: the editor saw no version of it.
    const seen = version === 0 && !Object.hasOwn(CALENDAR_RU, year) ? { _id, days: null } : { _id, version };
    const next = { days: days && tidied(year, days), ...touchedNow() };
    const written = await this.#years
      .updateOne(seen, { $set: next, $inc: { version: 1 } }, { upsert: version === 0 })
      .catch((error: unknown) => {
        if (isDuplicateKey(error)) return { matchedCount: 0, upsertedCount: 0 };
        throw error;
      });
    const current = await this.read();
    if (written.matchedCount + written.upsertedCount === 0)
      throw new AppError('conflict', 'stale version', [], { current });
    return current;
  }
}

const copyOf = ({ off, working, short }: { [K in keyof YearDays]: readonly string[] }): YearDays => ({
  off: [...off],
  working: [...working],
  short: [...short],
});

/** Each day once, in order, and only where it says something: no weekend is a day off besides. */
function tidied(year: number, { off, working, short }: YearDays): YearDays {
  const isWeekend = (day: string) => [0, 6].includes(new Date(`${year}-${day}`).getUTCDay());
  const once = (days: readonly string[]) => [...new Set(days)].sort();
  const free = once(off).filter((day) => !isWeekend(day));
  const busy = once(working).filter(isWeekend);
  return {
    off: free,
    working: busy,
    short: once(short).filter((day) => (isWeekend(day) ? busy.includes(day) : !free.includes(day))),
  };
}

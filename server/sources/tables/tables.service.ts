// A table that comes again and again: each dump against the one that was accepted last.
//
// Order: the rows, their differences, orders and counterparties, events, and last the dump itself. Everything before that
// last write is done under keys that follow from the dump's turn, so whoever dies half way is repeated by the same file
// without a trace. One dump at a time in a process; of two processes one accepts, and the other looks once more.
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Reason } from '@svodka/shared/contracts/issues';
import { isConnected, type Module } from '@svodka/shared/contracts/modules';
import {
  TABLE_CHANGES,
  TABLE_LIMITS,
  type Table,
  type TableAnswer,
  type TableCreate,
  type TableEdit,
  type TableLook,
  TableMappingSchema,
} from '@svodka/shared/contracts/tables';
import type { Actor } from '@svodka/shared/rules/permissions';
import { TABLE_KEY } from '@svodka/shared/rules/same-payment';
import {
  acceptTable,
  type Dump,
  diffTables,
  type Row,
  type TableChange,
} from '@svodka/shared/rules/tables/diff';
import { DateTime } from 'luxon';
import { EventIntake, type SaidEvent } from '../../events/event-intake.service.ts';
import { PaidNow } from '../../orders/paid-now.service.ts';
import type { ComparedOrder } from '../../orders/projects/projects.repository.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { holds } from '../../platform/holds.ts';
import { FairQueue } from '../../platform/limits/fair-queue.ts';
import { hashesOf } from '../ingest/said.ts';
import { PeopleNamed } from '../people.service.ts';
import { SourcesService } from '../sources.service.ts';
import { type CardRow, TableCards } from './cards.service.ts';
import { keptOf, managersIn, strangersAmong } from './differing.ts';
import { isCutAt, missingIn, withoutCell } from './open-end.ts';
import { guessMapping } from './presets.ts';
import { priorFactsOf } from './prior-facts.ts';
import { rowsOf } from './rows.ts';
import type { TableDoc } from './table.schema.ts';
import { eventOf, moduleOfEvent, movedKop, type TableEvent } from './table-events.ts';
import { openTable } from './table-file.ts';
import { TablesRepository, toTable } from './tables.repository.ts';

const BATCH = 100;
/** Changes that are put into words before others have their turn. */
const AT_ONCE = 500;
const TRIES = 3;
/** More rows that are gone than these, and more than a fifth: it may be a part of the table. */
const FEW_GONE = 20;
const TURNS = { atOnce: 1, perKey: 1, waiting: 16, waitingPerKey: 4, patienceMs: 120_000 };

/** As whom a table writes: with the right to every card, and nobody's name. */
const actorOf = ({ _id }: TableDoc): Actor => ({ id: _id, roles: ['administrator'], departmentId: null });

type Change = TableChange & { event: TableEvent | null; knownKop: number };
type Taking = { fileName: string; dry: boolean; sure: boolean; unseen?: boolean };

@Injectable()
export class TablesService {
  readonly #turns = new FairQueue(TURNS);

  constructor(
    private readonly tables: TablesRepository,
    private readonly cards: TableCards,
    private readonly people: PeopleNamed,
    private readonly intake: EventIntake,
    private readonly paid: PaidNow,
    private readonly sources: SourcesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async list(): Promise<Table[]> {
    return (await this.tables.all()).map(toTable);
  }

  async get(id: Id): Promise<Table> {
    return toTable(await this.tables.get(id));
  }

  /**
   * Repeating a create with its own id finds what the first one made.
   * @throws AppError `conflict` when the id is taken by another
   */
  async create(userId: Id, { id, name, mapping }: TableCreate): Promise<Table> {
    const createdAt = this.clock.now();
    const doc: TableDoc = {
      _id: id ?? newId(createdAt.getTime()),
      name,
      mapping,
      dump: null,
      createdAt,
      createdBy: userId,
      version: 1,
    };
    if (await this.tables.insert(doc)) return toTable(doc);
    const same = await this.tables.get(doc._id);
    if (same.createdBy === userId && holds(same, { name, mapping })) return toTable(same);
    const current = toTable(same);
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }], { current });
  }

  async edit(id: Id, edit: TableEdit): Promise<Table> {
    // Waited for anew: it has its whole time from now on.
    const isWaited = edit.isOn !== undefined || edit.expectMin !== undefined;
    return toTable(
      await this.tables.edit(id, { ...edit, ...(isWaited && { waitedSince: this.clock.now() }) }),
    );
  }

  remove(id: Id): Promise<void> {
    return this.tables.remove(id);
  }

  /** What a file holds, and how it may be meant. Writes nothing. @throws AppError `validation` */
  async look(bytes: Buffer): Promise<TableLook> {
    const { encoding, columns, rows } = await openTable(bytes);
    const sample: string[][] = [];
    for await (const { values } of rows) {
      sample.push(columns.map((_, i) => (values[i] ?? '').slice(0, 200)));
      if (sample.length === TABLE_LIMITS.sample) break;
    }
    const { mapping, preset } = guessMapping(columns, this.config.tzDefault);
    return {
      encoding,
      columns,
      rows: sample,
      mapping: TableMappingSchema.safeParse(mapping).data ?? mapping,
      preset,
    };
  }

  /**
   * Takes a dump, or with `dry` says what would become of it.
   * @param how `sure`: somebody is sure that the file is whole; `unseen`: nobody looks at what is said of it
   * @throws AppError `validation`, `too-large`, `forbidden` when it is switched off; `conflict` when so many rows are gone that somebody must be `sure`
   */
  take(id: Id, bytes: Buffer, how: Taking): Promise<TableAnswer> {
    return this.#turns.run(id, () => this.#take(id, bytes, how));
  }

  async #take(id: Id, bytes: Buffer, { fileName, dry, sure, unseen = false }: Taking): Promise<TableAnswer> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const table = await this.tables.get(id);
      if (table.isOn === false && !dry)
        throw new AppError('forbidden', '#table-off', [{ field: 'table', reason: 'table-off' }]);
      const file = await openTable(bytes);
      const before = await this.tables.dumpOf(table);
      const all = await rowsOf(file, table.mapping, before, sure);
      if (unseen && all.missing.length > 0) throw withoutColumns(all.missing);
      const isHalf = all.end !== null && !sure && isCutAt(all.end, all.rows, before, table.dump?.isOpen);
      const isCut = isHalf || all.isTorn;
      const read = all.end && isHalf ? withoutCell(all.end, all) : all;
      const count = read.rows.size;
      const missing = missingIn(read.rows, before);
      if (!read.isWhole) for (const key of missing) read.rows.set(key, {});
      // How the whole of it ends is learnt from one that lacks nothing.
      const isPart = file.breaksOff && (isCut || (!read.isWhole && missing.size > 0));
      const isOpen = isPart ? table.dump?.isOpen : (file.breaksOff ?? table.dump?.isOpen);
      const today = DateTime.fromJSDate(this.clock.now(), { zone: table.mapping.zone }).toISODate() ?? '';
      const changes: Change[] = [];
      const differences = diffTables(before, read.rows);
      // What an order waits for tells what money is; where one was here before its row, the two may differ.
      const asked = [
        ...differences.flatMap(({ kind, key }) => (kind === 'paid' ? [key] : [])),
        ...[...read.rows.keys()].filter((key) => !before?.has(key)),
      ];
      const standing = await this.cards.standing(table.mapping.kind === 'orders' ? [...new Set(asked)] : []);
      const paid = await this.#paidHere(table, differences, standing);
      const managers = managersIn(read.rows, before, differences);
      for (const change of differences) {
        const was = before?.get(change.key)?.row ?? {};
        const row = read.rows.get(change.key) ?? was;
        const order = standing.get(change.key);
        const hereKop = paid(order);
        const told = { change, row, was, order, hereKop, mapping: table.mapping, table: table.name, today };
        changes.push({ ...change, event: eventOf(told), knownKop: knownKop(change, hereKop) });
        if (changes.length % AT_ONCE === 0) await breathe();
      }
      const gone = changes.filter(({ kind }) => kind === 'gone').length;
      const isDoubtful = gone > FEW_GONE && gone * 5 > (table.dump?.rows ?? 0);
      const off = await this.#off(changes);
      const answer = {
        encoding: file.encoding,
        isFirst: before === null,
        rows: count,
        missing: read.missing,
        isDoubtful,
        isCut,
        counts: {
          ...countsOf(changes),
          ...(before === null && { new: count }),
          off: changes.filter(({ event }) => event && off.has(moduleOfEvent(event))).length,
          refused: read.refused,
        },
        changes: changes.slice(0, TABLE_LIMITS.shown).map(shown),
        kept: keptOf(read.rows, before, standing),
        people: strangersAmong(managers, await this.people.strangers([...managers.keys()])),
        faults: read.faults,
        words: wordsIn(read.rows),
      };
      if (dry) return { table: toTable(table), ...answer };
      if (isDoubtful && !sure)
        throw new AppError('conflict', '#table-gone', [{ field: 'file', reason: 'many-gone' }]);
      if (count === 0) throw new AppError('validation', 'empty', [{ field: 'file', reason: 'no-rows' }]);
      await this.#write(table, { before, rows: read.rows, changes, off, today });
      const at = this.clock.now();
      const accepted = await this.tables.accept(table, acceptTable(before, read.rows), {
        fileName,
        at,
        isOpen,
        told: {
          rows: count,
          new: answer.counts.new,
          events: answer.counts.events - answer.counts.off,
          refused: answer.counts.refused,
          sumKop: moneyIn(changes, off),
        },
      });
      if (accepted) return { table: toTable(accepted), ...answer };
    }
    throw new AppError('unavailable', 'the table changes too often at once');
  }

  /** What orders whose sum has changed have been paid, but for what this dump itself has told before it was cut. */
  async #paidHere(
    table: TableDoc,
    differences: readonly TableChange[],
    standing: ReadonlyMap<string, ComparedOrder>,
  ): Promise<(order: ComparedOrder | undefined) => number | undefined> {
    const sums = differences.filter(({ kind }) => kind === 'paid');
    const found = await this.paid.of(
      sums.flatMap(({ key }) => standing.get(key)?._id ?? []),
      new Set(sums.map((change) => keyOf(table, change))),
    );
    return (order) => order && found.get(order._id)?.paidKop;
  }

  async #write(
    table: TableDoc,
    {
      before,
      rows,
      changes,
      off,
      today,
    }: { before: Dump | null; rows: Map<string, Row>; changes: Change[]; off: Set<Module>; today: string },
  ): Promise<void> {
    const actor = actorOf(table);
    const opens = (row: Row) => (before ? undefined : priorFactsOf(row, table.mapping, today));
    const cards: CardRow[] = [...rows].flatMap(([key, row]) =>
      before?.has(key) ? [] : [{ key, row, fields: null, prior: opens(row) }],
    );
    for (const { kind, key, fields } of changes)
      if (kind === 'card') cards.push({ key, row: rows.get(key) ?? {}, fields });
    if (table.mapping.kind === 'counterparties')
      return this.cards.counterpartiesOf(actor, table, cards, rows);
    const ids = await this.cards.orders(actor, cards);
    const said = changes.flatMap((change) => (change.event ? [{ ...change, event: change.event }] : []));
    const rest = [...new Set(said.map(({ key }) => key).filter((key) => !ids.has(key)))];
    // Their cards stay as they are; that they are there at all is made sure of.
    for (const [number, id] of await this.cards.orders(
      actor,
      rest.map((key) => ({ key, row: {}, fields: [] })),
    ))
      ids.set(number, id);
    const byModule = new Map<Module, SaidEvent[]>();
    for (const change of said) {
      const module = moduleOfEvent(change.event);
      if (off.has(module)) continue;
      const list = byModule.get(module) ?? [];
      list.push(this.#draft(table, change, ids.get(change.key) ?? null));
      byModule.set(module, list);
    }
    for (const [module, drafts] of byModule)
      for (let from = 0; from < drafts.length; from += BATCH)
        await this.intake.take(actor, module, drafts.slice(from, from + BATCH));
  }

  #draft(table: TableDoc, change: Change & { event: TableEvent }, order: Id | null): SaidEvent {
    const { type, title, on, due, payload } = change.event;
    const said = { type, title, body: '', importance: 'normal', due, payload } as const;
    return {
      ...said,
      occurredAt: on ? DateTime.fromISO(on, { zone: table.mapping.zone }).toJSDate() : this.clock.now(),
      projectId: order,
      counterpartyIds: [],
      author: { userId: null, name: table.name },
      status: null,
      externalId: keyOf(table, change),
      sent: hashesOf({ ...said, order }),
    };
  }

  /** The modules of these changes that are switched off. */
  async #off(changes: readonly Change[]): Promise<Set<Module>> {
    const off = new Set<Module>();
    for (const module of new Set(changes.flatMap(({ event }) => (event ? moduleOfEvent(event) : []))))
      if (isConnected(module) && !(await this.sources.settings(module)).isOn) off.add(module);
    return off;
  }
}

/** A change of the next dump is known by it, whatever it is told as. */
function keyOf({ _id, dump }: TableDoc, { kind, key, from, to, fields }: TableChange): string {
  const what = [(dump?.seq ?? 0) + 1, key, kind, from, to, fields];
  const hash = createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 22);
  return `${TABLE_KEY}${_id}:${hash}`;
}

const knownKop = (change: TableChange, hereKop: number | undefined): number =>
  change.kind === 'paid' ? Math.abs(Number(change.to) - Number(change.from) - movedKop(change, hereKop)) : 0;

function countsOf(changes: readonly Change[]): TableAnswer['counts'] {
  const counts = Object.fromEntries(
    [...TABLE_CHANGES, 'events', 'off', 'refused'].map((name) => [name, 0]),
  ) as TableAnswer['counts'];
  for (const { kind, event } of changes) {
    counts[kind]++;
    if (event) counts.events++;
  }
  return counts;
}

/** What the payments that come of it, less the refunds, amount to. */
const moneyIn = (changes: readonly Change[], off: ReadonlySet<Module>): number =>
  changes.reduce((sum, { kind, from, to, event }) => {
    if (kind !== 'paid' || !event || off.has(moduleOfEvent(event))) return sum;
    return sum + Math.sign(Number(to) - Number(from)) * Number(event.payload.amountKop);
  }, 0);

const shown = ({ event, ...change }: Change): TableAnswer['changes'][number] => ({
  ...change,
  type: event?.type ?? null,
  title: event?.title ?? '',
});

/** They may be called otherwise now: nobody would notice that nothing is heard of them any more. */
function withoutColumns(missing: readonly string[]): AppError {
  const params = { columns: missing.join(', ') };
  const detail: Reason = { field: 'file', reason: 'no-columns', params };
  return new AppError('validation', 'columns are missing', [detail]);
}

const MOST_WORDS = 50;
function wordsIn(rows: ReadonlyMap<string, Row>): string[] {
  const words = new Set<string>();
  for (const { status } of rows.values())
    if (typeof status === 'string' && words.size < MOST_WORDS) words.add(status);
  return [...words].sort();
}

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { orderNumber } from '@svodka/shared/contracts/order-number';
import type { Table, TableTarget } from '@svodka/shared/contracts/tables';
import type { Cell, Dump, KeptRow } from '@svodka/shared/rules/tables/diff';
import mongoose, { type Connection } from 'mongoose';
import { touchedNow } from '../../platform/context/request-context.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { insertNew } from '../../platform/mongo/insert-new.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';
import type { DumpTold, TableDoc } from './table.schema.ts';

/** A dump as it lies there: the columns once, then a list a row. An empty place: the row says nothing of it. */
type Packed = { targets: TableTarget[]; rows: [key: string, gone: 0 | 1, ...cells: (Cell | never[])[]][] };

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** What nobody points to and is so old was left by a process that died. */
const LEFT_MS = 3_600_000;

export const toTable = ({ _id, name, mapping, dump, version, ...doc }: TableDoc): Table => ({
  id: _id,
  name,
  mapping,
  dump: dump && {
    seq: dump.seq,
    rows: dump.rows,
    gone: dump.gone,
    fileName: dump.fileName,
    at: dump.at.toISOString(),
  },
  isOn: doc.isOn ?? true,
  expectMin: doc.expectMin ?? null,
  silentSince: doc.silentSince?.toISOString() ?? null,
  version,
});

@Injectable()
export class TablesRepository {
  readonly #tables: mongoose.mongo.Collection<TableDoc>;
  readonly #dumps: mongoose.mongo.GridFSBucket;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#tables = driverCollection(connection, 'tables');
    if (!connection.db) throw new Error('the connection is not open');
    this.#dumps = new mongoose.mongo.GridFSBucket(connection.db, { bucketName: 'tableDumps' });
  }

  all(): Promise<TableDoc[]> {
    return this.#tables.find({}).sort({ _id: 1 }).limit(200).toArray();
  }

  /** @throws AppError `not-found` */
  async get(id: Id): Promise<TableDoc> {
    const found = await this.#tables.findOne({ _id: id });
    if (!found) throw new AppError('not-found', `no table ${id}`);
    return found;
  }

  /** False: its id is taken. */
  async insert(doc: TableDoc): Promise<boolean> {
    return (await insertNew(this.#tables, [{ ...doc, ...touchedNow() }])) > 0;
  }

  /** @throws AppError `not-found` */
  async edit(
    id: Id,
    changes: Partial<Pick<TableDoc, 'name' | 'mapping' | 'isOn' | 'expectMin' | 'waitedSince'>>,
  ): Promise<TableDoc> {
    const found = await this.#tables.findOneAndUpdate(
      { _id: id },
      { $set: { ...changes, ...touchedNow() }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    );
    if (!found) throw new AppError('not-found', `no table ${id}`);
    return found;
  }

  /** What the watch finds; nobody's change. */
  async setSilent(id: Id, from: Date | null, to: Date | null): Promise<void> {
    await this.#tables.updateOne({ _id: id, silentSince: from }, { $set: { silentSince: to } });
  }

  async remove(id: Id): Promise<void> {
    // The access log tells by whom.
    const found = await this.#tables.updateOne({ _id: id }, { $set: touchedNow() });
    if (found.matchedCount === 0) throw new AppError('not-found', `no table ${id}`);
    await this.#tables.deleteOne({ _id: id });
    await this.#clear(id, null, 0);
  }

  /** What was accepted last; null: nothing yet. */
  async dumpOf({ dump }: TableDoc): Promise<Dump | null> {
    if (!dump) return null;
    const { targets, rows } = JSON.parse((await this.#unpacked(dump.fileId)).toString()) as Packed;
    return new Map(
      rows.map(([key, gone, ...cells]): [string, KeptRow] => {
        const said = targets.flatMap((target, i) =>
          Array.isArray(cells[i]) ? [] : [[target, cells[i] as Cell] as const],
        );
        // As a file is read now: an older dump may have the sign before a number.
        return [orderNumber(key), { row: Object.fromEntries(said), isGone: gone === 1 }];
      }),
    );
  }

  /**
   * Makes this the dump that was accepted last, in one write; whoever dies before has accepted nothing.
   * @returns null when another was accepted meanwhile
   */
  async accept(
    table: TableDoc,
    dump: Dump,
    {
      fileName,
      at,
      isOpen,
      told,
    }: { fileName: string; at: Date; isOpen: boolean | undefined; told: DumpTold },
  ): Promise<TableDoc | null> {
    const fileId = newId(at.getTime());
    const targets = [...new Set([...dump.values()].flatMap(({ row }) => Object.keys(row)))] as TableTarget[];
    const packed: Packed = {
      targets,
      rows: [...dump].map(([key, { row, isGone }]) => [
        key,
        isGone ? 1 : 0,
        ...targets.map((target) => row[target] ?? (target in row ? null : [])),
      ]),
    };
    await this.#keep(fileId, fileName, table._id, JSON.stringify(packed));
    const gone = [...dump.values()].filter(({ isGone }) => isGone).length;
    const next = {
      seq: (table.dump?.seq ?? 0) + 1,
      rows: dump.size - gone,
      gone,
      fileName,
      told,
      at,
      fileId,
      ...(isOpen !== undefined && { isOpen }),
    };
    const accepted = await this.#tables.findOneAndUpdate(
      { _id: table._id, ...(table.dump ? { 'dump.fileId': table.dump.fileId } : { dump: null }) },
      { $set: { dump: next, ...touchedNow() }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    );
    if (!accepted) await this.#dumps.delete(fileId as never);
    else {
      if (table.dump) await this.#dumps.delete(table.dump.fileId as never).catch(() => {});
      await this.#clear(table._id, fileId, at.getTime() - LEFT_MS);
    }
    return accepted;
  }

  /**
   * Writes what was accepted last anew, with other words; whether rows are new or gone stays as it was.
   * @returns how many tables had something to change
   */
  async reword(change: (text: string) => string): Promise<number> {
    let changed = 0;
    for (const table of await this.all()) {
      const { _id, dump } = table;
      if (!dump) continue;
      const text = (await this.#unpacked(dump.fileId)).toString();
      const packed = JSON.parse(text) as Packed;
      const rows = packed.rows.map(([key, gone, ...cells]) => [
        key,
        gone,
        ...cells.map((cell) => (typeof cell === 'string' ? change(cell) : cell)),
      ]);
      const next = JSON.stringify({ ...packed, rows });
      if (next === text) continue;
      const fileId = newId();
      await this.#keep(fileId, dump.fileName, _id, next);
      await this.#tables.updateOne({ _id }, { $set: { 'dump.fileId': fileId } });
      await this.#clear(_id, fileId, 0);
      changed++;
    }
    return changed;
  }

  async #unpacked(fileId: Id): Promise<Buffer> {
    return unpack(await buffer(this.#dumps.openDownloadStream(fileId as never)));
  }

  async #keep(fileId: Id, fileName: string, tableId: Id, text: string): Promise<void> {
    const upload = this.#dumps.openUploadStreamWithId(fileId as never, fileName, { metadata: { tableId } });
    await pipeline(Readable.from([await pack(text)]), upload);
  }

  async #clear(tableId: Id, but: Id | null, before: number): Promise<void> {
    const files = await this.#dumps.find({ 'metadata.tableId': tableId }).toArray();
    for (const { _id, uploadDate } of files)
      if (String(_id) !== but && (before === 0 || uploadDate.getTime() < before))
        await this.#dumps.delete(_id).catch(() => {});
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type {
  FindingKind,
  ImportChoice,
  ImportChoices,
  ImportFinding,
} from '@svodka/shared/contracts/import';
import type { Connection, mongo } from 'mongoose';
import { TAKEN_BACK } from '../events/events.repository.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { FindingDoc, LinkDoc, LinkKind } from './import.schema.ts';

/** As many findings of an import are kept as of its errors; further ones are only counted. */
export const MAX_FINDINGS = 20_000;

type UseDoc = {
  _id: string;
  projectId?: Id;
  deletedAt?: Date | null;
  source?: { module?: string; externalId?: string };
};
/** Upon what a card has been built. */
export type Use = 'events' | 'orders' | 'codes' | 'imports';
/** Events of an order that are looked at: those of imports that were taken back are none. */
const EVENTS_LOOKED_AT = 50;

/** Of one row several cards may be kept: an order and its customer. */
const findingId = (batchId: Id, { kind, line, id }: Pick<ImportFinding, 'kind' | 'line' | 'id'>) =>
  [batchId, kind, line, ...(kind === 'kept' ? [id] : [])].join(':');

/** Begins the keys of cards that stand for no record, and were made because a row names them. */
const NAMED = 'named:';

const idOf = (kind: LinkKind, key: string) => `${kind}:${key}`;

/** Which card stands for which record of a table, and what a person should know of its rows. */
@Injectable()
export class RecordsRepository {
  readonly #links: mongo.Collection<LinkDoc>;
  readonly #findings: mongo.Collection<FindingDoc>;
  readonly #events: mongo.Collection<UseDoc>;
  readonly #orders: mongo.Collection<UseDoc>;
  readonly #codes: mongo.Collection<UseDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#links = driverCollection(connection, 'import_links');
    this.#findings = driverCollection(connection, 'import_findings');
    this.#events = driverCollection(connection, 'events');
    this.#orders = driverCollection(connection, 'projects');
    this.#codes = driverCollection(connection, 'source_codes');
  }

  /** By the keys of the records. */
  async links(kind: LinkKind, keys: readonly string[]): Promise<Map<string, LinkDoc>> {
    if (keys.length === 0) return new Map();
    const found = await this.#links
      .find({ _id: { $in: [...new Set(keys)].map((key) => idOf(kind, key)) } })
      .toArray();
    return new Map(found.map((link) => [link._id.slice(kind.length + 1), link]));
  }

  /** Of these cards, from records whose keys begin so; of several of one card that which made it. */
  async linksTo(
    kind: LinkKind,
    begin: string,
    recordIds: readonly Id[],
  ): Promise<Map<Id, { key: string; link: LinkDoc }>> {
    if (recordIds.length === 0) return new Map();
    const found = await this.#links.find({ recordId: { $in: [...recordIds] }, kind }).toArray();
    const own = found.filter(({ _id }) => _id.startsWith(idOf(kind, begin)));
    own.sort((a, b) => Number(a.made) - Number(b.made));
    return new Map(own.map((link) => [link.recordId, { key: link._id.slice(kind.length + 1), link }]));
  }

  async link(kind: LinkKind, links: ReadonlyMap<string, Omit<LinkDoc, '_id' | 'kind'>>): Promise<void> {
    if (links.size === 0) return;
    await this.#links.bulkWrite(
      [...links].map(([key, link]) => ({
        replaceOne: { filter: { _id: idOf(kind, key) }, replacement: { kind, ...link }, upsert: true },
      })),
      { ordered: false },
    );
  }

  /**
   * Cards that an import of events is about to make, because a row names them: taken back with it. Written before they
   * are, so that none is forgotten by a process that ends in between.
   */
  foretell(kind: LinkKind, batchId: Id, made: readonly { id: Id; line: number }[]): Promise<void> {
    const links = made.map(
      ({ id, line }) =>
        [
          `${NAMED}${batchId}:${id}`,
          { recordId: id, batchId, line, made: true, version: 1, sent: {} },
        ] as const,
    );
    return this.link(kind, new Map(links));
  }

  /**
   * What a record says from now on, and as which version the import has left its card: one that was another before is
   * somebody's work, and stays so.
   * @param card `version`: as it is now, by so many `writes` of the import
   */
  async said(
    kind: LinkKind,
    key: string,
    sent: LinkDoc['sent'],
    { id: recordId, version, writes }: { id: Id; version: number; writes: number },
  ): Promise<void> {
    await this.#links.updateOne({ _id: idOf(kind, key) }, { $set: { sent } });
    const left = { recordId, made: true, version: version - writes };
    await this.#links.updateMany(left, { $set: { version } });
  }

  /** What records say, where nothing is written of it. */
  async learn(kind: LinkKind, said: ReadonlyMap<string, LinkDoc['sent']>): Promise<void> {
    if (said.size === 0) return;
    await this.#links.bulkWrite(
      [...said].map(([key, sent]) => ({
        updateOne: { filter: { _id: idOf(kind, key) }, update: { $set: { sent } } },
      })),
      { ordered: false },
    );
  }

  /** Some links of an import, orders before the customers that they name. */
  linksOf(batchId: Id, limit: number): Promise<LinkDoc[]> {
    return this.#links.find({ batchId }).sort({ batchId: 1, kind: -1, line: 1 }).limit(limit).toArray();
  }

  async unlink({ _id }: LinkDoc): Promise<void> {
    await this.#links.deleteOne({ _id });
  }

  /** Leaves a record to whoever built upon it. */
  async leave({ _id }: LinkDoc): Promise<void> {
    await this.#links.updateOne({ _id }, { $set: { batchId: null } });
  }

  /** What stands upon a card that an import made; null: nothing. */
  async useOf({ _id, kind, recordId: id, batchId }: LinkDoc): Promise<Use | null> {
    const named = kind === 'orders' ? { projectId: id } : { counterpartyIds: id };
    const events = await this.#events
      .find(named as mongo.Filter<UseDoc>, {
        projection: { deletedAt: 1, 'source.module': 1, 'source.externalId': 1 },
      })
      .limit(EVENTS_LOOKED_AT)
      .toArray();
    // What the desk itself has told of it nobody has built.
    const isNoUse = ({ deletedAt, source }: UseDoc) =>
      source?.module === 'system' ||
      (deletedAt !== null && (source?.externalId ?? '').startsWith(TAKEN_BACK));
    if (events.length === EVENTS_LOOKED_AT || !events.every(isNoUse)) return 'events';
    // An order goes with the table that made it; one that was only named is another table's, where that has it.
    if (kind === 'orders' && !_id.startsWith(idOf(kind, NAMED))) return null;
    const elsewhere = { kind, recordId: id, made: false, batchId: { $ne: batchId } };
    if (await this.#links.findOne(elsewhere, { projection: { _id: 1 } })) return 'imports';
    if (kind === 'orders') return null;
    for (const field of ['counterpartyId', 'namedCounterpartyId'])
      if (await this.#orders.findOne({ [field]: id }, { projection: { _id: 1 } })) return 'orders';
    const code = { counterpartyId: id } as mongo.Filter<UseDoc>;
    return (await this.#codes.findOne(code, { projection: { _id: 1 } })) ? 'codes' : null;
  }

  /** Begins a comparison or an import anew; what was decided of a row holds for its line. */
  async forget(batchId: Id): Promise<void> {
    await this.#findings.deleteMany({ batchId, choice: null });
  }

  /** Read another way, a file has other rows in its lines. */
  async forgetAll(batchId: Id): Promise<void> {
    await this.#findings.deleteMany({ batchId });
  }

  /** A repetition keeps what was chosen. */
  async find(batchId: Id, findings: readonly ImportFinding[]): Promise<void> {
    if (findings.length === 0) return;
    await this.#findings.bulkWrite(
      findings.map(({ choice: _, ...finding }) => ({
        updateOne: {
          filter: { _id: findingId(batchId, finding) },
          update: { $set: { ...finding, batchId }, $setOnInsert: { choice: null } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  async page(
    batchId: Id,
    kind: FindingKind,
    after: string | undefined,
    limit: number,
  ): Promise<Page<ImportFinding>> {
    const [line, id] = after === undefined ? [-1, ''] : unpackKeyset(after, ['number', 'string'] as const);
    const docs = await this.#findings
      .find({ batchId, kind, $or: [{ line: { $gt: line } }, { line, _id: { $gt: id } }] })
      .sort({ batchId: 1, kind: 1, line: 1, _id: 1 })
      .limit(limit + 1)
      .toArray();
    const last = docs.length > limit ? docs[limit - 1] : undefined;
    return {
      items: docs.slice(0, limit).map(({ _id, batchId: _batch, ...finding }) => finding),
      next: last ? packKeyset([last.line, last._id]) : null,
    };
  }

  async choices(batchId: Id, lines: readonly number[]): Promise<Map<number, ImportChoice>> {
    if (lines.length === 0) return new Map();
    const found = await this.#findings
      .find({ batchId, kind: 'alike', line: { $in: [...lines] }, choice: { $ne: null } })
      .toArray();
    return new Map(found.flatMap(({ line, choice }) => (choice ? [[line, choice] as const] : [])));
  }

  /** @returns of how many rows something has been said by now */
  async choose(batchId: Id, { choices }: ImportChoices): Promise<number> {
    await this.#findings.bulkWrite(
      choices.map(({ line, ...choice }) => ({
        updateOne: { filter: { _id: `${batchId}:alike:${line}` }, update: { $set: { choice } } },
      })),
      { ordered: false },
    );
    return this.#findings.countDocuments({ batchId, kind: 'alike', choice: { $ne: null } });
  }
}

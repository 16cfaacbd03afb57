import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Document } from 'mongodb';
import type { Connection } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { LogFollower } from '../platform/mongo/log-follower.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { AuditRepository } from './audit.repository.ts';
import type { AuditDraft } from './audit.schema.ts';
import { type AuditChange, deriveRecords } from './derive.ts';

/** Texts and secrets stay in the store: the log derives from names of fields, ids and codes. */
const UNUSED = [
  'revisions',
  'body',
  'title',
  'payload',
  'terms',
  'passwordHash',
  'tokenHash',
  'name',
  'note',
  'asked',
];
const PIPELINE: Document[] = [
  {
    $match: {
      $or: [
        { 'ns.coll': { $in: ['users', 'sessions', 'projects', 'counterparties', 'imports'] } },
        // Of the many writes of these two only a deletion and its undoing are told.
        {
          'ns.coll': { $in: ['events', 'comments'] },
          operationType: 'update',
          'updateDescription.updatedFields.deletedAt': { $exists: true },
        },
      ],
    },
  },
  { $unset: UNUSED.flatMap((field) => [`fullDocument.${field}`, `fullDocumentBeforeChange.${field}`]) },
];

/**
 * Derives what the access log tells of changes from the change log, so that no service can forget to, and nothing that
 * was acknowledged is missing after a crash. A record's key comes from its change, so it stands there once.
 */
@Injectable()
export class AuditFollower implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #follower: LogFollower<Document>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly records: AuditRepository,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#follower = new LogFollower<Document>(
      connection,
      {
        who: 'the records of the access log',
        position: 'audit.position',
        pipeline: PIPELINE,
        begin: () => this.records.append([this.#note('log.began')]),
        take: (changes) => this.#tell(changes),
        // What lies between cannot be told any more; that it is missing can.
        lost: () => this.records.append([this.#note('log.gap')]),
      },
      logger.child({ room: 'audit' }),
    );
  }

  /** For readiness. */
  get isFollowing(): boolean {
    return this.#follower.isFollowing;
  }

  onApplicationBootstrap(): void {
    this.#follower.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#follower.stop();
  }

  async #tell(changes: Document[]): Promise<void> {
    const records = changes.flatMap((change) => deriveRecords(toChange(change, this.clock.now())));
    if (records.length > 0) await this.records.append(records);
  }

  #note(what: 'log.began' | 'log.gap'): AuditDraft {
    const key = what === 'log.began' ? { key: what } : {};
    return { at: this.clock.now(), who: null, what, object: null, from: null, details: {}, ...key };
  }
}

function toChange(document: Document, now: Date): AuditChange {
  const { updatedFields = {}, removedFields = [] } = document.updateDescription ?? {};
  return {
    key: String(document._id._data),
    at: document.wallTime ?? now,
    collection: document.ns?.coll ?? '',
    kind: document.operationType,
    id: String(document.documentKey?._id ?? ''),
    before: document.fullDocumentBeforeChange ?? null,
    after: document.fullDocument ?? null,
    changed: [...Object.keys(updatedFields), ...removedFields],
  };
}

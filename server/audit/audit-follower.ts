import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Document } from 'mongodb';
import { type Change, without } from '../changes/change.ts';
import { Followers } from '../changes/followers.ts';
import { Clock } from '../platform/clock.ts';
import { AuditRepository } from './audit.repository.ts';
import type { AuditDraft } from './audit.schema.ts';
import { deriveRecords } from './derive.ts';

export const POSITION_ID = 'audit.position';

/** Texts and secrets stay in the store: the log derives from names of fields, ids and codes. */
const UNUSED = [
  'revisions',
  'body',
  'title',
  'payload',
  'terms',
  'passwordHash',
  'tokenHash',
  'hash',
  'subject',
  'text',
  'secret',
  'name',
  'note',
  'asked',
  'filter',
  'orders',
];
const PIPELINE: Document[] = [
  {
    $match: {
      $or: [
        {
          'ns.coll': {
            $in: [
              'users',
              'sessions',
              'projects',
              'counterparties',
              'crews',
              'imports',
              'module_tokens',
              'sources',
              'tables',
              'calendar_years',
              'notice_rules',
              'customer_links',
              'letter_words',
            ],
          },
        },
        // Of the many writes of these two only a deletion and its undoing are told.
        {
          'ns.coll': { $in: ['events', 'comments'] },
          operationType: 'update',
          'updateDescription.updatedFields.deletedAt': { $exists: true },
        },
      ],
    },
  },
  without(...UNUSED),
];

/**
 * Derives what the access log tells of changes from the change log, so that no service can forget to, and nothing that
 * was acknowledged is missing after a crash. A record's key comes from its change, so it stands there once.
 */
@Injectable()
export class AuditFollower implements OnModuleInit {
  constructor(
    private readonly followers: Followers,
    private readonly records: AuditRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.followers.add({
      name: 'audit',
      pipeline: () => PIPELINE,
      place: this.followers.storedPlace(POSITION_ID),
      opened: async (_, isNew) => {
        if (isNew) await this.records.append([this.#note('log.began')]);
      },
      take: (changes) => this.#tell(changes),
      // What lies between cannot be told any more; that it is missing can.
      lost: () => this.records.append([this.#note('log.gap')]),
    });
  }

  async #tell(changes: Change[]): Promise<void> {
    const records = changes.flatMap((change) =>
      deriveRecords({ ...change, key: change.token, at: change.at ?? this.clock.now() }),
    );
    if (records.length > 0) await this.records.append(records);
  }

  #note(what: 'log.began' | 'log.gap'): AuditDraft {
    const key = what === 'log.began' ? { key: what } : {};
    return { at: this.clock.now(), who: null, what, object: null, from: null, details: {}, ...key };
  }
}

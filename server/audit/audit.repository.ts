import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  AUDIT_GROUPS,
  type AuditKind,
  type AuditQuery,
  type AuditRule,
} from '@svodka/shared/contracts/audit';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { AuditDoc, AuditDraft } from './audit.schema.ts';
import { link, START, type Tail } from './chain.ts';

type HeadDoc = Tail & { _id: string };
type RuleName = { _id: Id } & Pick<AuditRule, 'code' | 'name'>;
export const HEAD_ID = 'audit.head';
/** So many records go in one command. */
const BATCH = 200;

type Waiting = { drafts: readonly AuditDraft[]; done(): void; failed(error: unknown): void };

/**
 * One chain for all nodes. A place in it is an id, so of two who link to the same record the store lets one in, and
 * the other links anew behind it. Within a node they go one after the other, many in one command.
 */
@Injectable()
export class AuditRepository {
  readonly #audit: mongo.Collection<AuditDoc>;
  readonly #settings: mongo.Collection<HeadDoc>;
  readonly #rules: mongo.Collection<RuleName>;
  #tail: Tail | null = null;
  #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#audit = driverCollection<AuditDoc>(connection, 'audit');
    this.#settings = driverCollection<HeadDoc>(connection, 'settings');
    this.#rules = driverCollection<RuleName>(connection, 'notice_rules');
  }

  /** What rules of notices are called now, removed ones too: a record keeps their ids. */
  async rulesOf(ids: readonly Id[]): Promise<AuditRule[]> {
    if (ids.length === 0) return [];
    const found = await this.#rules
      .find({ _id: { $in: [...ids] } }, { projection: { code: 1, name: 1 } })
      .toArray();
    return found.map(({ _id, code, name }) => ({ id: _id, code, name }));
  }

  /**
   * Done when they are stored. Drafts whose key is there already are left out. What is told while a command is on its way
   * goes together in the next: each costs two writes, and whoever tells one thing would wait for all before it.
   */
  append(drafts: readonly AuditDraft[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ drafts, done, failed });
      if (!this.#isBusy) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, BATCH);
      try {
        const drafts = onceByKey(together.flatMap((each) => each.drafts));
        for (let at = 0; at < drafts.length; at += BATCH) await this.#append(drafts.slice(at, at + BATCH));
        for (const { done } of together) done();
      } catch (error) {
        for (const { failed } of together) failed(error);
      }
    }
    this.#isBusy = false;
  }

  async #append(drafts: readonly AuditDraft[]): Promise<void> {
    let rest = await this.#unknown(drafts);
    for (let attempt = 0; rest.length > 0; attempt++) {
      const docs = link(this.#tail ?? (await this.tail()), rest);
      try {
        await this.#audit.insertMany(docs, { ordered: true });
        await this.#advance(docs.at(-1) as AuditDoc);
        return;
      } catch (error) {
        this.#tail = null;
        if (!isDuplicateKey(error)) throw error;
        // Those before the refused one stand; a later look leaves out what has come in by another node.
        const { insertedCount = 0 } = error as { insertedCount?: number };
        rest = await this.#unknown(rest.slice(insertedCount));
        await pause(Math.random() * Math.min(50, 2 ** attempt));
      }
    }
    if (this.#tail === null) await this.#advance(await this.tail());
  }

  async #unknown(drafts: readonly AuditDraft[]): Promise<readonly AuditDraft[]> {
    const keys = drafts.flatMap(({ key }) => key ?? []);
    if (keys.length === 0) return drafts;
    const found = await this.#audit.find({ key: { $in: keys } }, { projection: { key: 1 } }).toArray();
    const known = new Set(found.map(({ key }) => key));
    return drafts.filter(({ key }) => key === undefined || !known.has(key));
  }

  /** The newest link that is stored. */
  async tail(): Promise<Tail> {
    const [last] = await this.#audit.find().sort({ _id: -1 }).limit(1).toArray();
    return last ? { seq: last.seq, hash: last.hash } : START;
  }

  /** Says how far the chain has come, so that one that is cut off at its end is noticed. It never goes back. */
  async #advance({ seq, hash }: Tail): Promise<void> {
    this.#tail = { seq, hash };
    if (seq === 0) return;
    await this.#settings
      .updateOne({ _id: HEAD_ID, seq: { $lt: seq } }, { $set: { seq, hash } }, { upsert: true })
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error; // it stands further on
      });
  }

  /** Newest first. */
  async page({ who, group, object, since, until, after, limit }: AuditQuery) {
    const kinds: readonly AuditKind[] | undefined = group && AUDIT_GROUPS[group];
    const docs = await this.#audit
      .find({
        $and: [
          who ? { who } : {},
          kinds ? { what: { $in: [...kinds] } } : {},
          object ? { 'object.id': object } : {},
          since ? { at: { $gte: new Date(since) } } : {},
          until ? { at: { $lt: new Date(until) } } : {},
          beyond('at', placeOf(after), 'desc'),
        ],
      } as mongo.Filter<AuditDoc>)
      .sort({ at: -1, _id: -1 })
      .limit(limit + 1)
      .toArray();
    return pageOf(docs, limit, ({ at }) => at);
  }

  /** What was told of one thing, newest first. */
  about(object: string, kinds: readonly AuditKind[], limit: number): Promise<AuditDoc[]> {
    return this.#audit
      .find({ 'object.id': object, what: { $in: [...kinds] } })
      .sort({ at: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }
}

function onceByKey(drafts: readonly AuditDraft[]): AuditDraft[] {
  const keys = new Set<string>();
  return drafts.filter(({ key }) => {
    if (key === undefined) return true;
    const isNew = !keys.has(key);
    keys.add(key);
    return isNew;
  });
}

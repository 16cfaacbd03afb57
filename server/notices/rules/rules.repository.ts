import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { touchedNow } from '../../platform/context/request-context.ts';
import { driverCollection } from '../../platform/mongo/driver-collection.ts';
import { insertNew } from '../../platform/mongo/insert-new.ts';
import { MONGO } from '../../platform/mongo/mongo.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';

@Injectable()
export class RulesRepository {
  readonly #rules: mongo.Collection<RuleDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#rules = driverCollection<RuleDoc>(connection, RULES);
  }

  /** All that are not removed, oldest first; the starting set in its order. */
  all(): Promise<RuleDoc[]> {
    return this.#rules.find({ removedAt: null }).sort({ _id: 1 }).toArray();
  }

  /** Removed ones too. */
  byIds(ids: readonly Id[]): Promise<RuleDoc[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.#rules.find({ _id: { $in: [...ids] } }).toArray();
  }

  async get(id: Id): Promise<RuleDoc | null> {
    return this.#rules.findOne({ _id: id });
  }

  /** Those that are there already, removed or not, are left as they are. */
  putStarting(docs: RuleDoc[]): Promise<number> {
    return insertNew(this.#rules, docs);
  }

  /** False: its id is taken. */
  async insert(doc: RuleDoc): Promise<boolean> {
    return (await insertNew(this.#rules, [{ ...doc, ...touchedNow() }])) > 0;
  }

  /** Writes if the rule is still at `version`; null: it is not. */
  update(id: Id, version: number, changes: Partial<Omit<RuleDoc, '_id'>>): Promise<RuleDoc | null> {
    return this.#rules.findOneAndUpdate(
      { _id: id, version },
      { $set: { ...changes, ...touchedNow() }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    );
  }

  /** Of a person for themself: nobody's edit, so no version rises. */
  mute(id: Id, userId: Id, isMuted: boolean): Promise<RuleDoc | null> {
    return this.#rules.findOneAndUpdate(
      { _id: id, removedAt: null },
      isMuted ? { $addToSet: { mutedBy: userId } } : { $pull: { mutedBy: userId } },
      { returnDocument: 'after' },
    );
  }
}

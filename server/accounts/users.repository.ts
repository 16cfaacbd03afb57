import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { finderQuery } from '@svodka/shared/filter/search';
import { wordsOf } from '@svodka/shared/filter/terms';
import type { Connection, Model, mongo } from 'mongoose';
import { ChangeBus } from '../changes/change-bus.ts';
import { LiveDocuments } from '../changes/live-documents.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type UserDoc, UserSchema } from './user.schema.ts';

type Changes = Partial<
  Omit<UserDoc, '_id' | 'login' | 'createdAt' | 'version' | 'terms' | 'epoch' | 'touched'>
>;

/** The ids of administrators who may sign in, kept as one document so that the last can be guarded atomically. */
type Administrators = { _id: string; ids: Id[] };

@Injectable()
export class UsersRepository implements OnModuleInit {
  /** As they were within the last second, mostly from memory. */
  readonly live: LiveDocuments<UserDoc>;
  readonly #users: Model<UserDoc>;
  readonly #raw: mongo.Collection<UserDoc>;
  readonly #administrators: mongo.Collection<Administrators>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly bus: ChangeBus,
  ) {
    this.#users = connection.model<UserDoc>('User', UserSchema);
    this.#raw = driverCollection(connection, 'users');
    this.#administrators = driverCollection<Administrators>(connection, 'settings');
    this.live = new LiveDocuments('users', bus, (ids) => this.byIds(ids));
  }

  onModuleInit(): void {
    this.bus.register(this.live);
  }

  /** @throws AppError `conflict` when the login is taken */
  async insert(doc: Omit<UserDoc, 'terms' | 'version' | 'touched'>): Promise<UserDoc> {
    const full: UserDoc = { ...doc, terms: termsOfUser(doc.name, doc.login), version: 1, ...touchedNow() };
    try {
      await this.#raw.insertOne(full);
      return full;
    } catch (error) {
      if (isDuplicateKey(error))
        throw new AppError('conflict', '#exists', [{ field: 'login', reason: 'taken' }]);
      throw error;
    }
  }

  /** To somebody who was made since then and of whom nothing has changed; null: there is no such person. */
  giveFirstPassword(id: Id, login: string, since: Date, passwordHash: string): Promise<UserDoc | null> {
    return this.#raw.findOneAndUpdate(
      { _id: id, login, version: 1, createdAt: { $gte: since } },
      { $set: { passwordHash, ...touchedNow() } },
      { returnDocument: 'after' },
    );
  }

  /** On every request's way, so past mongoose: the document needs no casting. */
  get(id: Id): Promise<UserDoc | null> {
    return this.#raw.findOne({ _id: id });
  }

  byLogin(login: string): Promise<UserDoc | null> {
    return this.#users.findOne({ login }).lean<UserDoc>().exec();
  }

  byCalendarLink(hash: string): Promise<UserDoc | null> {
    return this.#raw.findOne({ 'calendarLink.hash': hash });
  }

  /** Nothing that anybody else knows of a person changes. */
  async setCalendarLink(id: Id, calendarLink: NonNullable<UserDoc['calendarLink']> | null): Promise<void> {
    await this.#raw.updateOne({ _id: id }, { $set: { calendarLink, ...touchedNow() } });
  }

  all(): Promise<UserDoc[]> {
    return this.#raw.find().toArray();
  }

  byIds(ids: readonly Id[]): Promise<UserDoc[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.#raw.find({ _id: { $in: [...ids] } }).toArray();
  }

  async hasAdministrator(): Promise<boolean> {
    return (await this.#users.exists({ roles: 'administrator' }).exec()) !== null;
  }

  /** By name, then id. */
  async list(search: string, ids: readonly Id[] | undefined, after: [string, Id] | null, limit: number) {
    const conditions: Record<string, unknown>[] = [];
    // A company's people are few: no index is needed to look through them.
    const words = finderQuery(search ?? '');
    if (words) conditions.push(words);
    if (ids) conditions.push({ _id: { $in: [...ids] } });
    if (after)
      conditions.push({ $or: [{ name: { $gt: after[0] } }, { name: after[0], _id: { $gt: after[1] } }] });
    return this.#users
      .find(conditions.length > 0 ? { $and: conditions } : {})
      .sort({ name: 1, _id: 1 })
      .limit(limit)
      .lean<UserDoc[]>()
      .exec();
  }

  /**
   * @param turn `newEpoch`: what was signed in before is over with this write; `from`: the epoch that the user must
   * still be in
   */
  async update(
    id: Id,
    changes: Changes,
    { newEpoch = false, from, version }: { newEpoch?: boolean; from?: number; version?: number } = {},
  ): Promise<UserDoc | null> {
    const current = changes.name === undefined ? null : await this.get(id);
    const terms =
      current && changes.name !== undefined ? { terms: termsOfUser(changes.name, current.login) } : {};
    const written = await this.#users
      .findOneAndUpdate(
        {
          _id: id,
          ...(from !== undefined && { epoch: from === 0 ? { $in: [0, null] } : from }),
          ...(version !== undefined && { version }),
        },
        {
          $set: { ...changes, ...terms, ...touchedNow() },
          $inc: { version: 1, ...(newEpoch && { epoch: 1 }) },
        },
        { returnDocument: 'after' },
      )
      .lean<UserDoc>()
      .exec();
    this.live.forget(id);
    return written;
  }

  /** Counts the administrators anew: at start, because a crash may have come between a user and this list. */
  async recountAdministrators(): Promise<void> {
    const found = await this.#users
      .find({ roles: 'administrator', disabledAt: null }, { _id: 1 })
      .lean()
      .exec();
    const ids = found.map(({ _id }) => _id as Id);
    await this.#administrators.updateOne({ _id: 'administrators' }, { $set: { ids } }, { upsert: true });
  }

  async addAdministrator(id: Id): Promise<void> {
    await this.#administrators.updateOne(
      { _id: 'administrators' },
      { $addToSet: { ids: id } },
      { upsert: true },
    );
  }

  /** Takes one from the list unless it is the last; false: it is. Two at once cannot both succeed on the last two. */
  async removeAdministrator(id: Id): Promise<boolean> {
    const list = await this.#administrators.findOne({ _id: 'administrators' });
    if (!list?.ids.includes(id)) return true;
    const result = await this.#administrators.updateOne(
      { _id: 'administrators', ids: id, 'ids.1': { $exists: true } },
      { $pull: { ids: id } },
    );
    return result.modifiedCount === 1;
  }
}

const termsOfUser = (name: string, login: string): string[] => [
  ...new Set([...wordsOf(name), ...wordsOf(login)]),
];

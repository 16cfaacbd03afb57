import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { touchedNow } from '../platform/context/request-context.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { ModuleTokenDoc } from './module-token.schema.ts';

@Injectable()
export class ModuleTokensRepository {
  readonly #tokens: mongo.Collection<ModuleTokenDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#tokens = driverCollection(connection, 'module_tokens');
  }

  /** False: its id is taken. */
  async insert(token: ModuleTokenDoc): Promise<boolean> {
    return (await insertNew(this.#tokens, [{ ...token, ...touchedNow() }])) > 0;
  }

  /** In place of the one that the same person has just asked for in the same words. False: there is none such. */
  async reissue({ _id, ...token }: ModuleTokenDoc, since: Date): Promise<boolean> {
    const { createdBy, module, name, types, unknownOrders, unknownCounterparties, expiresAt, secret } = token;
    const asked = { createdBy, module, name, types, unknownOrders, unknownCounterparties, expiresAt };
    const { matchedCount } = await this.#tokens.replaceOne(
      {
        _id,
        ...asked,
        secret: { $exists: secret !== undefined },
        revokedAt: null,
        createdAt: { $gte: since },
      },
      { ...token, ...touchedNow() },
    );
    return matchedCount > 0;
  }

  byHash(tokenHash: string): Promise<ModuleTokenDoc | null> {
    return this.#tokens.findOne({ tokenHash });
  }

  get(id: Id): Promise<ModuleTokenDoc | null> {
    return this.#tokens.findOne({ _id: id });
  }

  /** By module, then in the order of their making. */
  all(limit: number): Promise<ModuleTokenDoc[]> {
    return this.#tokens.find({}).sort({ module: 1, _id: 1 }).limit(limit).toArray();
  }

  count(): Promise<number> {
    return this.#tokens.countDocuments({});
  }

  /** Null: there is none. One that was revoked before keeps its moment. */
  async revoke(id: Id, at: Date): Promise<ModuleTokenDoc | null> {
    await this.#tokens.updateOne({ _id: id, revokedAt: null }, { $set: { revokedAt: at, ...touchedNow() } });
    return this.get(id);
  }
}

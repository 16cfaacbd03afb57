// Tokens of connected modules: opaque, 256 bits, told once. Expiry and revocation are looked up at every use, and at every
// batch of a stream; a session opens no route of theirs, and they open no other.
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { type TokenCreate, typesOfModule } from '@svodka/shared/contracts/ingest';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { hashOfSecret, newSecret } from '../platform/security/secret.ts';
import type { ModuleTokenDoc } from './module-token.schema.ts';
import { ModuleTokensRepository } from './module-tokens.repository.ts';
import { REPEATED_MS } from './users.service.ts';

/** More than any company has programs. */
const MOST = 200;
const TOKEN = /^svm_[A-Za-z0-9_-]{43}$/;
const SECRET = 'svs_';

const over = (reason: string) =>
  new AppError('unauthenticated', '#module-token', [{ field: 'Authorization', reason }]);

@Injectable()
export class ModuleTokens {
  constructor(
    private readonly tokens: ModuleTokensRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Repeated with its own id it is the same token under new words: those of before went with the answer that got lost.
   * @returns the token itself too, which nobody can be told again
   * @throws AppError `conflict` when the id is another's
   */
  async create(
    userId: Id,
    { id, signs, ...create }: TokenCreate,
  ): Promise<{ token: string; doc: ModuleTokenDoc }> {
    const now = this.clock.now();
    if (create.expiresAt && new Date(create.expiresAt) <= now) throw refused('expiresAt', 'in-past');
    const isNew = id === undefined || (await this.tokens.get(id)) === null;
    if (isNew && (await this.tokens.count()) >= MOST) throw refused('module', 'too-many-tokens');
    const token = `${signs ? SECRET : 'svm_'}${newSecret()}`;
    const doc: ModuleTokenDoc = {
      ...create,
      _id: id ?? newId(now.getTime()),
      tokenHash: hashOfSecret(token),
      ...(signs && { secret: token }),
      types: create.types ?? typesOfModule(create.module),
      createdAt: now,
      createdBy: userId,
      expiresAt: create.expiresAt === null ? null : new Date(create.expiresAt),
      revokedAt: null,
    };
    const isMade =
      (isNew && (await this.tokens.insert(doc))) ||
      (await this.tokens.reissue(doc, new Date(now.getTime() - REPEATED_MS)));
    if (isMade) return { token, doc };
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
  }

  /** @throws AppError `unauthenticated`; whoever holds the token of old is told what has become of it */
  async authenticate(bearer: string | undefined): Promise<ModuleTokenDoc> {
    const doc = bearer && TOKEN.test(bearer) ? await this.tokens.byHash(hashOfSecret(bearer)) : null;
    if (!doc) throw new AppError('unauthenticated', '#module-token');
    return this.#living(doc);
  }

  /** Whether a token that was good before still is. @throws AppError `unauthenticated` */
  async check(id: Id): Promise<ModuleTokenDoc> {
    const doc = await this.tokens.get(id);
    if (!doc) throw new AppError('unauthenticated', '#module-token');
    return this.#living(doc);
  }

  all(): Promise<ModuleTokenDoc[]> {
    return this.tokens.all(MOST);
  }

  /** Null: there is none. */
  get(id: Id): Promise<ModuleTokenDoc | null> {
    return this.tokens.get(id);
  }

  /** @throws AppError `not-found` */
  async revoke(id: Id): Promise<ModuleTokenDoc> {
    const doc = await this.tokens.revoke(id, this.clock.now());
    if (!doc) throw new AppError('not-found', `no token ${id}`);
    return doc;
  }

  isLiving({ revokedAt, expiresAt }: ModuleTokenDoc): boolean {
    return !revokedAt && (!expiresAt || expiresAt > this.clock.now());
  }

  #living(doc: ModuleTokenDoc): ModuleTokenDoc {
    if (this.isLiving(doc)) return doc;
    throw over(doc.revokedAt ? 'token-revoked' : 'token-expired');
  }
}

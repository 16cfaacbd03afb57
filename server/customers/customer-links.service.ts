import { Inject, Injectable } from '@nestjs/common';
import { LINK_DAYS } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { Clock } from '../platform/clock.ts';
import { touchedNow } from '../platform/context/request-context.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { hashOfSecret, newSecret } from '../platform/security/secret.ts';
import { CUSTOMER_LINKS, type CustomerLinkDoc } from './customer-link.schema.ts';

const TOKEN_BYTES = 16;
/** 128 bits, base64url. */
export const TOKEN = /^[A-Za-z0-9_-]{22}$/;
const MOST_LISTED = 50;
const DAY_MS = 24 * 3_600_000;

/**
 * Links to the status page. A token is found by its hash, so neither the time of the look-up nor what is stored says
 * anything of a token.
 */
@Injectable()
export class CustomerLinks {
  readonly #links: mongo.Collection<CustomerLinkDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly counterparties: CounterpartiesService,
    private readonly clock: Clock,
  ) {
    this.#links = driverCollection(connection, CUSTOMER_LINKS);
  }

  /**
   * Repeated with its own id it is the same link under another token: the one of before went with the answer that got
   * lost.
   * @throws AppError `conflict` when the id is another's, or somebody has opened that link
   */
  async make(
    of: Pick<CustomerLinkDoc, 'projectId' | 'counterpartyId' | 'madeBy'>,
    { id, days = LINK_DAYS.usual }: { id?: Id | undefined; days?: number } = {},
  ): Promise<{ link: CustomerLinkDoc; token: string }> {
    const token = newSecret(TOKEN_BYTES);
    const madeAt = this.clock.now();
    const link: CustomerLinkDoc = {
      _id: id ?? newId(madeAt.getTime()),
      hash: hashOfSecret(token),
      ...of,
      madeAt,
      expiresAt: new Date(madeAt.getTime() + days * DAY_MS),
      revokedAt: null,
      openedOn: null,
    };
    const { projectId, madeBy } = of;
    const unused = { _id: link._id, projectId, madeBy, revokedAt: null, openedOn: null };
    try {
      const written = { ...link, ...touchedNow() };
      await (id ? this.#links.replaceOne(unused, written, { upsert: true }) : this.#links.insertOne(written));
    } catch (error) {
      if (isDuplicateKey(error))
        throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
      throw error;
    }
    return { link, token };
  }

  /** The link of a token, whether or not it still opens the page. */
  async find(token: string): Promise<CustomerLinkDoc | null> {
    return TOKEN.test(token) ? this.#links.findOne({ hash: hashOfSecret(token) }) : null;
  }

  isOpen({ expiresAt, revokedAt }: CustomerLinkDoc): boolean {
    return !revokedAt && expiresAt > this.clock.now();
  }

  /** Who holds each link, and whether the order is still theirs: another customer's is not shown to them. */
  async holders(
    links: readonly CustomerLinkDoc[],
    { counterpartyId }: ProjectDoc,
  ): Promise<(link: CustomerLinkDoc) => { customer: CounterpartyDoc | null; isTheirs: boolean }> {
    const named = [counterpartyId, ...links.map((link) => link.counterpartyId)].flatMap((id) => id ?? []);
    const { docs, chainOf } = await this.counterparties.standing(named);
    const standing = (id: Id | null) => id && (chainOf(id).at(-1) ?? id);
    return (link) => {
      const holder = standing(link.counterpartyId ?? counterpartyId);
      return { customer: docs.get(holder ?? '') ?? null, isTheirs: holder === standing(counterpartyId) };
    };
  }

  /** Newest first. */
  of(projectId: Id): Promise<CustomerLinkDoc[]> {
    return this.#links.find({ projectId }).sort({ madeAt: -1 }).limit(MOST_LISTED).toArray();
  }

  /** One link of the order, or with null all of them. */
  async revoke(projectId: Id, linkId: Id | null): Promise<void> {
    await this.#links.updateMany(
      { projectId, revokedAt: null, ...(linkId && { _id: linkId }) },
      { $set: { revokedAt: this.clock.now(), ...touchedNow() } },
    );
  }

  async opened(id: Id, day: string): Promise<void> {
    await this.#links.updateOne({ _id: id }, { $set: { openedOn: day } });
  }
}

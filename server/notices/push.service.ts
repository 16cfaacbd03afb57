import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { PushSubscriptionGiven } from '@svodka/shared/contracts/preferences';
import type { Connection, mongo } from 'mongoose';
import webPush from 'web-push';
import type { SessionDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { derivedId } from '../platform/mongo/derived-id.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';

/**
 * One browser that has asked to be told. It is told on when its session runs out over night, and no more when somebody
 * ends that: by signing out, from another device, with a new password. A page that opens says anew that it is there.
 */
export type PushDevice = PushSubscriptionGiven & {
  /** Follows from the endpoint: a browser is one, whoever signs in there. */
  _id: Id;
  userId: Id;
  sessionId: Id;
  epoch: number;
  saidAt: Date;
};

type Keys = { publicKey: string; privateKey: string };
const ID = 'push.keys';
const MOST_DEVICES = 20;
/** A browser in which nobody has opened the desk for so long is somebody's old telephone, ms. */
const LASTS_MS = 30 * 24 * 3_600_000;

/** Which browsers of a person are told by push, and the keys by which push services know this installation. */
@Injectable()
export class PushService implements ChangeListener, OnModuleInit {
  readonly collections = ['sessions'] as const;
  readonly #devices: mongo.Collection<PushDevice>;
  readonly #settings: mongo.Collection<Keys & { _id: string }>;
  #keys: Promise<Keys> | null = null;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly users: UsersService,
    private readonly bus: ChangeBus,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly log: Logger,
  ) {
    this.#devices = driverCollection(connection, 'push_devices');
    this.#settings = driverCollection(connection, 'settings');
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  /** A session that somebody ended; one that ran out is none. */
  see({ id, kind, before }: Change): void {
    if (kind !== 'delete' || !before || (before as SessionDoc).expiresAt <= this.clock.now()) return;
    this.forgetOf(id).catch((err) => this.log.warn('a browser is still told by push', { err }));
  }

  /** Made once and kept with the data: with others every browser would have to ask anew. */
  keys(): Promise<Keys> {
    this.#keys ??= this.#make().catch((error: unknown) => {
      this.#keys = null;
      throw error;
    });
    return this.#keys;
  }

  async #make(): Promise<Keys> {
    const found = await this.#settings.findOne({ _id: ID });
    if (found) return found;
    // Of several nodes the first wins.
    await this.#settings.updateOne(
      { _id: ID },
      { $setOnInsert: webPush.generateVAPIDKeys() },
      { upsert: true },
    );
    return (await this.#settings.findOne({ _id: ID })) as Keys;
  }

  /**
   * A browser may change hands; who has it knows its keys, which another who has heard of its address does not.
   * @throws AppError `validation` when it is not to be reached by https, or is another person's
   */
  async add(session: SessionDoc, { endpoint, keys }: PushSubscriptionGiven): Promise<void> {
    if (!endpoint.startsWith('https:') && !this.config.allowPrivate) throw refused('endpoint', 'https');
    const { _id: sessionId, userId, epoch = 0 } = session;
    const _id = derivedId(new Date(0), 'push', endpoint);
    const device = { userId, sessionId, epoch, endpoint, keys, saidAt: this.clock.now() };
    const theirs = { _id, $or: [{ userId }, { 'keys.auth': keys.auth, 'keys.p256dh': keys.p256dh }] };
    await this.#devices.replaceOne(theirs, device, { upsert: true }).catch((error: unknown) => {
      if (isDuplicateKey(error)) throw refused('endpoint', 'taken');
      throw error;
    });
    const beyond = await this.#devices.find({ userId }).sort({ saidAt: -1 }).skip(MOST_DEVICES).toArray();
    await this.#forget(beyond);
  }

  /** Those in which the person wants to be told; the others are forgotten. */
  async devicesOf(userId: Id): Promise<PushDevice[]> {
    const [devices, [user]] = await Promise.all([
      this.#devices.find({ userId }).toArray(),
      this.users.byIds([userId]),
    ]);
    const since = new Date(this.clock.now().getTime() - LASTS_MS);
    const isTold = ({ epoch, saidAt }: PushDevice) => epoch >= (user?.epoch ?? 0) && saidAt > since;
    await this.#forget(devices.filter((device) => !isTold(device)));
    return devices.filter(isTold);
  }

  /** Who of them has a browser to tell. */
  async having(userIds: readonly Id[]): Promise<Set<Id>> {
    const found = await this.#devices
      .find({ userId: { $in: [...new Set(userIds)] } })
      .project<{ userId: Id }>({ userId: 1 })
      .toArray();
    return new Set(found.map(({ userId }) => userId));
  }

  async #forget(devices: readonly PushDevice[]): Promise<void> {
    if (devices.length > 0) await this.#devices.deleteMany({ _id: { $in: devices.map(({ _id }) => _id) } });
  }

  async forget(id: Id): Promise<void> {
    await this.#devices.deleteOne({ _id: id });
  }

  async forgetOf(sessionId: Id): Promise<void> {
    await this.#devices.deleteMany({ sessionId });
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import type { DirectoryQuery } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { UserCreate } from '@svodka/shared/contracts/new-user';
import { type Preferences, type PreferencesEdit, preferencesOf } from '@svodka/shared/contracts/preferences';
import type { PasswordChange, ProfileEdit, UserEdit } from '@svodka/shared/contracts/user';
import { wordsOf } from '@svodka/shared/filter/terms';
import type { LiveDocuments } from '../changes/live-documents.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { Logger } from '../platform/logger/logger.ts';
import { makePassword, Passwords } from './passwords.ts';
import { RecentSignIns } from './recent-sign-ins.ts';
import { SessionsService } from './sessions.service.ts';
import type { UserDoc } from './user.schema.ts';
import { UsersRepository } from './users.repository.ts';

/** For so long a create may be sent again, ms. */
export const REPEATED_MS = 24 * 3_600_000;

/** Muted orders are those of now: the oldest is done long ago. */
const MOST_MUTED = 500;

/** A link to a calendar is a way in without a password: it ends with those that have one. */
const NO_WAY_IN_BESIDE = { calendarLink: null };

const isAdministrator = (user: Pick<UserDoc, 'roles' | 'disabledAt'>) =>
  user.roles.includes('administrator') && user.disabledAt === null;

const startsAWord = (name: string, word: string) => wordsOf(name).some((each) => each.startsWith(word));

@Injectable()
export class UsersService implements OnApplicationBootstrap {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly recent: RecentSignIns,
    private readonly passwords: Passwords,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.users.recountAdministrators();
  }

  /** @throws AppError `not-found` */
  async get(id: Id): Promise<UserDoc> {
    const user = await this.users.get(id);
    if (!user) throw new AppError('not-found', `no user ${id}`);
    return user;
  }

  /** As they were within the last second, mostly from memory. */
  get live(): LiveDocuments<UserDoc> {
    return this.users.live;
  }

  byCalendarLink(hash: string): Promise<UserDoc | null> {
    return this.users.byCalendarLink(hash);
  }

  setCalendarLink(id: Id, link: NonNullable<UserDoc['calendarLink']> | null): Promise<void> {
    return this.users.setCalendarLink(id, link);
  }

  /** A company's people are few. */
  all(): Promise<UserDoc[]> {
    return this.users.all();
  }

  byIds(ids: readonly Id[]): Promise<UserDoc[]> {
    return this.users.byIds(ids);
  }

  /** @param byLogin whether the search may find people by their login, which is half of what a sign-in takes */
  async list(
    { search, ids, after, limit }: DirectoryQuery,
    { byLogin = true }: { byLogin?: boolean } = {},
  ): Promise<Page<UserDoc>> {
    let place: [string, Id] | null = after ? [...unpackKeyset(after, ['string', 'string'])] : null;
    const wanted = search && !byLogin ? wordsOf(search) : [];
    const found: UserDoc[] = [];
    for (let more = true; more && found.length <= limit; ) {
      const page = await this.users.list(search ?? '', ids, place, limit + 1);
      found.push(...page.filter(({ name }) => wanted.every((word) => startsAWord(name, word))));
      const end = page.at(-1);
      more = page.length > limit;
      if (end) place = [end.name, end._id];
    }
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: found.length > limit && last ? packKeyset([last.name, last._id]) : null };
  }

  /**
   * Repeating a create with its own id within a day finds whom the first one made, if nobody has changed them since. A
   * password that was made here went with the answer that got lost, so it is made anew.
   * @returns the user, and the password when it was made here
   * @throws AppError `conflict` when login or id is taken
   */
  async create(create: UserCreate): Promise<{ user: UserDoc; password?: string }> {
    if (create.password !== undefined) this.passwords.refuseCommon(create.password, create.login);
    const password = create.password ?? makePassword();
    const now = this.clock.now();
    const passwordHash = await this.passwords.hash(password);
    const doc = {
      _id: create.id ?? newId(now.getTime()),
      login: create.login,
      name: create.name,
      roles: create.roles,
      departmentId: create.departmentId,
      ...(create.isHead && { isHead: true }),
      email: create.email,
      tz: create.tz ?? this.config.tzDefault,
      locale: create.locale,
      disabledAt: null,
      createdAt: now,
      passwordHash,
    };
    const user = await this.users.insert(doc).catch(async (error: unknown) => {
      const since = new Date(now.getTime() - REPEATED_MS);
      const again =
        create.id && (await this.users.giveFirstPassword(doc._id, doc.login, since, passwordHash));
      if (!again) throw error;
      return again;
    });
    if (isAdministrator(user)) await this.users.addAdministrator(user._id);
    return create.password === undefined ? { user, password } : { user };
  }

  /** Whoever loses a right signs in anew: roles, department and disabling end the user's sessions at once. */
  async edit(id: Id, { disabled, ...edit }: UserEdit): Promise<UserDoc> {
    const before = await this.get(id);
    const disabledAt =
      disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? this.clock.now()) : null;
    const after = { ...before, ...edit, disabledAt };
    if (isAdministrator(before) && !isAdministrator(after) && !(await this.users.removeAdministrator(id)))
      throw new AppError('conflict', '#last-administrator', [
        { field: disabled ? 'disabled' : 'roles', reason: 'last-administrator' },
      ]);
    const sameRoles = [...before.roles].sort().join() === [...after.roles].sort().join();
    const isDisabling = after.disabledAt !== null && before.disabledAt === null;
    const newEpoch = !sameRoles || before.departmentId !== after.departmentId || isDisabling;
    const changes = { ...edit, ...(disabled !== undefined && { disabledAt }) };
    const user = await this.users.update(id, changes, { newEpoch });
    if (!user) throw new AppError('not-found', `no user ${id}`);
    this.recent.forget();
    if (isAdministrator(user)) await this.users.addAdministrator(id);
    if (newEpoch) await this.sessions.endAll(id);
    return user;
  }

  /** Whoever finds somebody's page open must not turn their letters, and with them a reset, to another address. */
  async editProfile(id: Id, { current, ...edit }: ProfileEdit): Promise<UserDoc> {
    if (edit.email !== undefined && edit.email !== (await this.get(id)).email)
      await this.#whoKnows(id, current);
    const user = await this.users.update(id, edit);
    if (!user) throw new AppError('not-found', `no user ${id}`);
    this.recent.forget();
    return user;
  }

  /** What their mail server says of an address. @returns whether it is news */
  async addressIs(id: Id, email: string, is: 'dead' | 'alive'): Promise<boolean> {
    const user = await this.get(id);
    if (is === 'dead' ? user.deadEmail === email : user.deadEmail !== email) return false;
    await this.users.update(id, { deadEmail: is === 'dead' ? email : '' });
    return true;
  }

  /** @throws AppError `not-found` */
  async editPreferences(id: Id, { mute, unmute, kinds, ...hours }: PreferencesEdit): Promise<Preferences> {
    const { preferences: before = {}, version } = await this.get(id);
    const muted = new Set(before.muted);
    if (mute) muted.add(mute);
    if (unmute) muted.delete(unmute);
    const preferences = {
      ...before,
      ...hours,
      kinds: { ...before.kinds, ...kinds },
      muted: [...muted].slice(-MOST_MUTED),
    };
    // Each choice is sent by itself, and two of them may come at once.
    if (!(await this.users.update(id, { preferences }, { version })))
      return this.editPreferences(id, { mute, unmute, kinds, ...hours });
    this.recent.forget();
    return preferencesOf(preferences);
  }

  /** @returns the password when it was made here */
  async resetPassword(id: Id, given: string | undefined): Promise<string | undefined> {
    const user = await this.get(id);
    if (given !== undefined) this.passwords.refuseCommon(given, user.login);
    const password = given ?? makePassword();
    const passwordHash = await this.passwords.hash(password);
    await this.users.update(id, { passwordHash, ...NO_WAY_IN_BESIDE }, { newEpoch: true });
    await this.sessions.endAll(id);
    return given === undefined ? password : undefined;
  }

  /** A person's own change; all their other sessions end. @throws AppError `conflict` somebody else has just reset it */
  async changePassword(id: Id, sessionId: Id, { current, password }: PasswordChange): Promise<void> {
    const user = await this.#whoKnows(id, current);
    this.passwords.refuseCommon(password, user.login);
    const passwordHash = await this.passwords.hash(password, id);
    const epoch = user.epoch ?? 0;
    // First, so that this page is never signed out in between.
    await this.sessions.takeAlong(sessionId, epoch + 1);
    if (
      !(await this.users.update(id, { passwordHash, ...NO_WAY_IN_BESIDE }, { newEpoch: true, from: epoch }))
    )
      throw new AppError('conflict', 'another change of the sign-in came first');
    await this.sessions.endAll(id, sessionId);
  }

  /** Ends every session of a person, also one that is just beginning. */
  async signOutEverywhere(id: Id): Promise<void> {
    await this.users.update(id, NO_WAY_IN_BESIDE, { newEpoch: true });
    await this.sessions.endAll(id);
  }

  /** @throws AppError `validation`, reason `wrong-password`, or `empty` where there is none */
  async #whoKnows(id: Id, password: string | undefined): Promise<UserDoc> {
    const user = await this.get(id);
    if (!password) throw refused('current', 'empty');
    if (!(await this.passwords.matches(user.passwordHash, password, id, true)))
      throw refused('current', 'wrong-password');
    return user;
  }

  /**
   * Where there is none yet: makes the administrator of the settings. Others may be there already: the demo company is
   * filled by a second process.
   * @returns login and password to print, once; null when there is one
   */
  async ensureAdministrator(): Promise<{ login: string; password: string; given: boolean } | null> {
    if (await this.users.hasAdministrator()) return null;
    const { adminLogin: login, adminPassword } = this.config;
    const { password = adminPassword ?? '' } = await this.create({
      login,
      name: login,
      roles: ['administrator'],
      departmentId: null,
      email: null,
      locale: 'ru',
      ...(adminPassword !== null && { password: adminPassword }),
    });
    this.logger.debug('made the first administrator', { login });
    return { login, password, given: adminPassword !== null };
  }
}

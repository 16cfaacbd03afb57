import type { Id } from '@svodka/shared/contracts/id';
import type { StoredPreferences } from '@svodka/shared/contracts/preferences';
import type { Role } from '@svodka/shared/contracts/user';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

export type UserDoc = {
  _id: Id;
  login: string;
  name: string;
  roles: Role[];
  departmentId: string | null;
  /** Absent: does not lead it. */
  isHead?: boolean;
  email: string | null;
  tz: string;
  locale: 'ru' | 'en';
  disabledAt: Date | null;
  createdAt: Date;
  /** Hidden: PHC string of argon2id. */
  passwordHash: string;
  /**
   * Rises when what the person may do or knows changes: password, roles, department, disabling, «sign out everywhere».
   * Sessions of an earlier epoch are over, those too that were being made at that moment. Absent in old data: 0.
   */
  epoch?: number;
  /** Hidden: the address to which nothing goes any more, since its server knows it no longer. */
  deadEmail?: string;
  /** Hidden: how they want to be told; absent: as everybody is. */
  preferences?: StoredPreferences;
  /** Hidden: by what their calendar programs are let in; see `server/ical`. */
  calendarLink?: { hash: string; at: Date } | null;
  /** Hidden: words of name and login for the search. */
  terms: string[];
  version: number;
  /** Hidden: who wrote it last; for the access log. */
  touched?: Touched;
};

export const UserSchema = new Schema<UserDoc>(
  {
    _id: String,
    login: String,
    name: String,
    roles: [String],
    departmentId: String,
    isHead: Boolean,
    email: String,
    tz: String,
    locale: String,
    disabledAt: Date,
    createdAt: Date,
    passwordHash: String,
    epoch: Number,
    deadEmail: String,
    preferences: Schema.Types.Mixed,
    calendarLink: Schema.Types.Mixed,
    terms: [String],
    version: Number,
    touched: Schema.Types.Mixed,
  },
  { collection: 'users', versionKey: false, strict: 'throw', minimize: false },
);

export type SessionDoc = {
  _id: Id;
  userId: Id;
  /** sha256 of the token, base64url: a copy of the database opens no session. */
  tokenHash: string;
  kind: 'cookie' | 'bearer';
  /** Of its user when they showed who they are; see `UserDoc.epoch`. */
  epoch?: number;
  /** What it was used from last, as the owner is shown it. */
  device?: string | null;
  address?: string;
  createdAt: Date;
  seenAt: Date;
  /** Moves with use, but never past `endsAt`. */
  expiresAt: Date;
  endsAt: Date;
};

export const SessionSchema = new Schema<SessionDoc>(
  {
    _id: String,
    userId: String,
    tokenHash: String,
    kind: String,
    epoch: Number,
    device: String,
    address: String,
    createdAt: Date,
    seenAt: Date,
    expiresAt: Date,
    endsAt: Date,
  },
  { collection: 'sessions', versionKey: false, strict: 'throw' },
);

export const ACCOUNTS_INDEXES: CollectionPlan[] = [
  {
    collection: 'users',
    images: true,
    indexes: [
      { key: { login: 1 }, unique: true },
      { key: { name: 1, _id: 1 } },
      { key: { terms: 1, name: 1, _id: 1 } },
      {
        key: { 'calendarLink.hash': 1 },
        unique: true,
        partialFilterExpression: { 'calendarLink.hash': { $type: 'string' } },
      },
    ],
  },
  {
    collection: 'sessions',
    images: true,
    indexes: [
      { key: { tokenHash: 1 }, unique: true },
      { key: { userId: 1 } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ],
  },
  {
    collection: 'module_tokens',
    images: true,
    indexes: [{ key: { tokenHash: 1 }, unique: true }, { key: { module: 1, _id: 1 } }],
  },
  { collection: 'settings', images: false, indexes: [] },
];

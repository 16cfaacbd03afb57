import { z } from 'zod';
import { MomentSchema, pageOf } from '../contracts/common.ts';
import { DirectoryQuerySchema } from '../contracts/directory.ts';
import { UserCreateSchema } from '../contracts/new-user.ts';
import {
  DirectoryUserSchema,
  OwnSessionSchema,
  PasswordChangeSchema,
  PasswordResetSchema,
  ProfileEditSchema,
  SessionSchema,
  SignInSchema,
  UserEditSchema,
  UserSchema,
} from '../contracts/user.ts';
import { routes } from './route.ts';

/** A password that the server has made is told once. */
const made = { password: z.string().optional() };

export const ACCOUNT_ROUTES = routes({
  'POST /session': {
    right: 'public',
    body: SignInSchema,
    answers: { 200: SessionSchema },
    errors: ['unauthenticated', 'rate-limited'],
  },
  'GET /session': { right: 'signed-in', answers: { 200: SessionSchema } },
  'DELETE /session': { right: 'signed-in', answers: { 204: null } },
  'PATCH /session/user': { right: 'signed-in', body: ProfileEditSchema, answers: { 200: UserSchema } },
  // A person's calendar for their own programs (`/ical/<token>.ics`). A new link ends the one before, and is told once.
  'GET /session/calendar': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ madeAt: MomentSchema.nullable() }) },
  },
  'POST /session/calendar': {
    right: 'signed-in',
    body: z.strictObject({}),
    answers: { 201: z.strictObject({ url: z.string(), madeAt: MomentSchema }) },
  },
  'DELETE /session/calendar': { right: 'signed-in', answers: { 204: null } },
  'POST /session/password': { right: 'signed-in', body: PasswordChangeSchema, answers: { 204: null } },
  'GET /sessions': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(OwnSessionSchema) }) },
  },
  'DELETE /sessions/:id': { right: 'signed-in', answers: { 204: null } },
  'DELETE /sessions': { right: 'signed-in', answers: { 204: null } },
  'GET /users': {
    right: 'signed-in',
    query: DirectoryQuerySchema,
    answers: { 200: pageOf(DirectoryUserSchema) },
  },
  'POST /users': {
    right: 'users.manage',
    body: UserCreateSchema,
    key: 'id',
    answers: { 201: z.strictObject({ user: UserSchema, ...made }) },
  },
  'PATCH /users/:id': {
    right: 'users.manage',
    body: UserEditSchema,
    answers: { 200: UserSchema },
    errors: ['conflict'],
  },
  'POST /users/:id/password': {
    right: 'users.manage',
    body: PasswordResetSchema,
    answers: { 200: z.strictObject(made) },
  },
});

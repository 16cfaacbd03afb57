import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@svodka/shared/contracts/id';
import type { Db } from 'mongodb';
import { connectMongo } from '../../server/platform/mongo/mongo.ts';
import { type App, storeOf } from '../support/app-process.ts';
import { Client } from '../support/client.ts';

export const signInAdmin = (app: App): Promise<Client> =>
  new Client(app.url).signIn(app.admin.login, app.admin.password);

/** The app's store, past the app. */
export async function storeOfApp(app: App): Promise<{ db: Db; close(): Promise<void> }> {
  const connection = await connectMongo(process.env.MONGODB_URI ?? (await storeOf(app.dataDir)).uri);
  return {
    db: connection.getClient().db(connection.name) as unknown as Db,
    close: () => connection.close(),
  };
}

export type Person = { id: string; token: string };

/**
 * Makes `n` dispatchers with a session each, because one person may hold ten sockets only. They are written straight
 * into the store: hashing a password takes longer than most of what is measured.
 */
export async function people(app: App, n: number): Promise<Person[]> {
  const { db, close } = await storeOfApp(app);
  try {
    const users = db.collection<{ _id: string }>('users');
    const sessions = db.collection<{ _id: string }>('sessions');
    const admin = await users.findOne({ login: app.admin.login });
    const now = new Date();
    const inAnHour = new Date(now.getTime() + 3_600_000);
    const made = Array.from({ length: n }, () => {
      const id = newId();
      return { id, login: `bench-${id}`, token: randomBytes(32).toString('base64url') };
    });
    await users.insertMany(
      made.map(
        ({ id, login }) => ({ ...admin, _id: id, login, name: login, roles: ['dispatcher'] }) as never,
      ),
    );
    await sessions.insertMany(
      made.map(({ id, token }) => ({
        _id: newId(),
        userId: id,
        tokenHash: createHash('sha256').update(token).digest('base64url'),
        kind: 'bearer',
        epoch: 0,
        device: null,
        createdAt: now,
        seenAt: now,
        expiresAt: inAnHour,
        endsAt: inAnHour,
      })) as never,
    );
    return made;
  } finally {
    await close();
  }
}

/** The same as clients of REST. */
export async function dispatchers(app: App, n: number): Promise<Client[]> {
  return (await people(app, n)).map(({ token }) => Object.assign(new Client(app.url), { token }));
}

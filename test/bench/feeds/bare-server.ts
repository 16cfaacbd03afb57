// What the feeds could be at best on what they are built of: one handler of NestJS that checks the body by the contract
// and inserts one document of an event's size, with an event's indexes, into the embedded store; one change stream; and
// rooms of Socket.IO that a hand-made index chooses. Nobody is signed in, nothing is derived, looked up or decided.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventCreateSchema } from '@svodka/shared/contracts/event';
import { BSON } from 'mongodb';
import { Server } from 'socket.io';
import { toChange } from '../../../server/changes/change.ts';
import { EmbeddedStore } from '../../../server/embedded-mongo/supervisor.ts';
import { EVENTS_INDEXES, type EventDoc } from '../../../server/events/event.schema.ts';
import { driverCollection } from '../../../server/platform/mongo/driver-collection.ts';
import { migrate } from '../../../server/platform/mongo/migrations.ts';
import { connectMongo } from '../../../server/platform/mongo/mongo.ts';
import { type Draft, SCHEMES, type Scheme } from './schemes.ts';

const [name = '', document = ''] = process.argv.slice(2);
const scheme = SCHEMES[name] as Scheme;
const sample = BSON.deserialize(Buffer.from(document, 'base64')) as EventDoc;

const dir = await mkdtemp(join(tmpdir(), 'svodka-bare-'));
const store = await EmbeddedStore.start({ dir });
const connection = await connectMongo(store.uri);
await migrate(connection, EVENTS_INDEXES);
const events = driverCollection<EventDoc>(connection, 'events');
/** By event: what its writer counted it as, by which the index knows its rooms. */
const counted = new Map<string, number>();

@Controller()
class Events {
  @Post()
  async create(@Body() { i, event }: { i: number; event: Draft }) {
    const { id = '', ...own } = EventCreateSchema.parse(event);
    counted.set(id, i);
    const doc = { ...sample, ...own, _id: id, occurredAt: new Date() } as EventDoc;
    await events.insertOne(doc);
    return { event: doc };
  }
}

@Module({ controllers: [Events] })
class Bare {}

const app = await NestFactory.create(Bare, { logger: false });
await app.listen(0, '127.0.0.1');
const io = new Server(app.getHttpServer(), { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  void socket.join(scheme.feedsOf(Number(socket.handshake.auth.socket)).map(String));
});
events.watch([], { fullDocument: 'whenAvailable', batchSize: 500 }).on('change', (document) => {
  const change = toChange(document);
  if (!change?.after) return;
  const { _id, title, body, payload, projectId } = change.after;
  const rooms = scheme.concerned(counted.get(_id) ?? 0).map(String);
  counted.delete(_id);
  if (rooms.length > 0) io.to(rooms).emit('event', { id: _id, title, body, payload, projectId });
});
const { port } = app.getHttpServer().address() as AddressInfo;
process.once('SIGTERM', async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
  process.exit();
});
process.send?.(`http://127.0.0.1:${port}`);

import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import mongoose from 'mongoose';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { EventSchema } from './event.schema.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

describe('a script that writes through mongoose, from a process of its own', () => {
  it('is seen over REST, and sees what was written there', async () => {
    const connection = await mongoose
      .createConnection(app.storeUri, { dbName: app.connection.name, autoIndex: false, autoCreate: false })
      .asPromise();
    const Event = connection.model('Event', EventSchema);
    const original = await makeEvent(app.admin, { title: 'Из REST', payload: { fields: { a: 1 } } });
    const stored = await Event.findById(original.id).orFail();
    expect(stored.toObject()).toMatchObject({
      title: 'Из REST',
      type: 'note.free',
      payload: { fields: { a: 1 } },
      author: { name: '' },
    });

    const copy = { ...stored.toObject(), _id: newId(), title: 'Из скрипта' };
    delete copy.created;
    await Event.create(copy);
    await Event.updateOne({ _id: original.id }, { $set: { importance: 'critical' }, $inc: { version: 1 } });
    await connection.close();

    const read = (id: string) => app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`);
    expect((await read(copy._id)).event).toMatchObject({ title: 'Из скрипта', rev: 1 });
    expect((await read(original.id)).event).toMatchObject({ importance: 'critical', version: 2, rev: 1 });
  });

  it('cannot write a field that no event has', async () => {
    const Event = app.connection.model('Event', EventSchema);
    await expect(Event.create({ _id: newId(), nonsense: 1 } as object)).rejects.toThrow(/nonsense/);
  });
});

/**
 * Letters through a mail server that does everything wrong, by workers that are taken for dead in the middle of it:
 * each is lost to nobody, and doubled only where nobody can know whether it arrived, under the same Message-ID
 * (D3 to D6, D10; P9). The seed is printed; MAIL_SEED repeats a run.
 */
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';
import { type Act, type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import type { DeliveryDoc } from './notice.schema.ts';
import { RelayService } from './relay.service.ts';

const LETTERS = process.env.SVODKA_DEEP ? 500 : 50;
const DEATHS = process.env.SVODKA_DEEP ? 50 : 5;
const EACH = 10;
const MINUTE = 60_000;
const seed = Number(process.env.MAIL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

const FAULTS: Act[] = ['later', 'never', 'hang-up-after-dot', 'take-and-hang-up'];
const ENDS: DeliveryDoc['state'][] = ['sent', 'failed', 'ambiguous'];

describe(`a mail server that does everything wrong (seed ${seed})`, () => {
  let app: TestApp;
  let sink: SmtpSink;
  const clock = new FakeClock();
  const deliveries = () => driverCollection<DeliveryDoc>(app.connection, 'deliveries');
  const relay = () => app.app.get(RelayService, { strict: false });

  beforeAll(async () => {
    sink = await startSmtpSink();
    app = await createTestApp({ clock, config: { SMTP_URL: sink.url } });
  });
  afterAll(async () => {
    await app?.close();
    await sink?.close();
  });

  it(`loses none of ${LETTERS} letters, whoever dies over them`, async () => {
    const ids: string[] = [];
    for (let at = 0; at < LETTERS; at += EACH) {
      const { user } = await app.signIn({ roles: ['manager'], email: `m${nextSerial()}@firm.example` });
      const { id: projectId } = await makeProject(app.admin, { managerId: user.id });
      const event = await makeEvent(app.admin, { type: 'production.launched', projectId });
      const events = driverCollection<EventDoc>(app.connection, 'events');
      const { created: _, ...sample } = (await events.findOne({ _id: event.id })) as EventDoc;
      const docs = Array.from({ length: EACH - 1 }, () => ({ ...sample, _id: newId(clock.now().getTime()) }));
      ids.push(event.id, ...docs.map(({ _id }) => _id));
      for (const _id of ids.slice(-EACH))
        sink.script(random() < 0.45 ? (FAULTS[Math.floor(random() * FAULTS.length)] as Act) : 'take');
      await events.insertMany(docs);
    }
    await until(async () => (await deliveries().countDocuments()) === LETTERS);

    let deaths = 0;
    const isOver = async () =>
      (await deliveries().countDocuments({ state: { $in: ENDS }, nextAttemptAt: null })) === LETTERS;
    await until(
      async () => {
        if (await isOver()) return true;
        // Who carries a letter is taken for dead; he is not, and goes on as if it were his.
        const mine = deaths < DEATHS ? await deliveries().findOne({ state: 'sending' }) : null;
        if (mine) {
          deaths++;
          await deliveries().updateOne(
            { _id: mine._id, state: 'sending' },
            { $set: { nextAttemptAt: clock.now() } },
          );
          relay().wake();
        } else if ((await deliveries().countDocuments({ state: 'sending' })) === 0) {
          if (random() < 0.3) sink.script(FAULTS[Math.floor(random() * FAULTS.length)] as Act);
          clock.advance(MINUTE);
          await relay().run();
        }
        return false;
      },
      { timeoutMs: 240_000, everyMs: 10, what: 'an end of all letters' },
    );

    const arrived = new Map<string, number>();
    for (const { messageId = '' } of sink.letters) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
    const docs = await deliveries().find({}).toArray();
    const of = (state: string) => docs.filter((doc) => doc.state === state);
    console.log(
      `${LETTERS} letters, ${deaths} workers taken for dead, seed ${seed}: ${of('sent').length} sent, ` +
        `${of('failed').length} refused for good, ${of('ambiguous').length} ambiguous`,
    );
    expect(new Set(docs.map(({ noticeId }) => noticeId)).size).toBe(LETTERS);
    expect(of('sent').filter(({ messageId }) => !arrived.has(messageId))).toEqual([]);
    // An attempt that ended without a word after the dot may have arrived, whatever became of the next.
    const mayHaveArrived = ({ attempts }: DeliveryDoc) =>
      attempts.some(({ outcome }) => !/^\d{3} /.test(outcome) && outcome !== 'started');
    expect(of('failed').filter((doc) => arrived.has(doc.messageId) && !mayHaveArrived(doc))).toEqual([]);
    // Doubled only where that was so, and never more than once.
    for (const doc of docs) {
      const times = arrived.get(doc.messageId) ?? 0;
      expect({ id: doc._id, times, may: times < 2 || mayHaveArrived(doc) }).toMatchObject({ may: true });
      expect(times).toBeLessThanOrEqual(2);
    }
  }, 300_000);
});

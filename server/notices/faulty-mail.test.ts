/**
 * Letters through a mail server that does everything wrong, by workers that are taken for dead in the middle of it:
 * each arrives or is refused for good by the mail server, and is doubled only where nobody can know whether it arrived,
 * under the same Message-ID (D3 to D6, D10). The seed is printed; MAIL_SEED repeats a run.
 */
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';
import { faulty, type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
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
    sink.answerBy(faulty(random));
    const ids: string[] = [];
    for (let at = 0; at < LETTERS; at += EACH) {
      const { user } = await app.signIn({ roles: ['manager'], email: `m${nextSerial()}@firm.example` });
      const { id: projectId } = await makeProject(app.admin, { managerId: user.id });
      const event = await makeEvent(app.admin, { type: 'production.launched', projectId });
      const events = driverCollection<EventDoc>(app.connection, 'events');
      const { created: _, ...sample } = (await events.findOne({ _id: event.id })) as EventDoc;
      const docs = Array.from({ length: EACH - 1 }, () => ({ ...sample, _id: newId(clock.now().getTime()) }));
      ids.push(event.id, ...docs.map(({ _id }) => _id));
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
          clock.advance(MINUTE);
          await relay().run();
        }
        return false;
      },
      { timeoutMs: 240_000, everyMs: 10, what: 'an end of all letters' },
    );

    const docs = await deliveries().find({}).toArray();
    const of = (state: string) => docs.filter((doc) => doc.state === state);
    const arrived = (doc: DeliveryDoc) => sink.letters.filter(({ messageId }) => messageId === doc.messageId);
    const isRefused = ({ state, attempts }: DeliveryDoc) =>
      state === 'failed' && /^5\d\d /.test(attempts.at(-1)?.outcome ?? '');
    const lost = docs.filter((doc) => arrived(doc).length === 0 && !isRefused(doc));
    console.log(
      `${LETTERS} letters, ${deaths} workers taken for dead, seed ${seed}: ${sink.offers} offered, ` +
        `${sink.letters.length} arrived; ${of('sent').length} sent, ${of('failed').length} refused for good, ` +
        `${of('ambiguous').length} unknown, ${lost.length} lost`,
    );
    expect(new Set(docs.map(({ noticeId }) => noticeId)).size).toBe(LETTERS);
    expect(lost).toEqual([]);
    expect(docs.filter((doc) => doc.state !== 'sent' && !isRefused(doc))).toEqual([]);
    // Of what it was told that it arrived, it sends nothing again, unless who was told is taken for dead.
    const isTooOften = (doc: DeliveryDoc) => {
      const unheard = doc.attempts.filter(({ outcome }) => outcome === 'ended-after-dot');
      const answered = arrived(doc).filter(({ isAnswered }) => isAnswered);
      return answered.length > unheard.length + (doc.state === 'sent' ? 1 : 0);
    };
    expect(docs.filter(isTooOften)).toEqual([]);
    expect(new Set(docs.map(({ messageId }) => messageId)).size).toBe(LETTERS);
    expect(sink.letters.filter(({ messageId }) => !docs.some((doc) => doc.messageId === messageId))).toEqual(
      [],
    );
  }, 300_000);
});

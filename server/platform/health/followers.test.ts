import { jest } from '@jest/globals';
import { ChangeStream } from 'mongodb';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { until } from '../../../test/support/until.ts';
import { STREAM_SILENCE_MS } from '../mongo/answered-in-time.ts';

describe('readiness', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app?.close());

  const ready = () => app.client().send('GET', '/api/ready');

  it('names everybody who follows the log, and is red when one of them hears nothing at all', async () => {
    await until(async () => (await ready()).status === 200);
    expect((await ready()).body).toEqual({
      store: true,
      administrator: true,
      audit: true,
      feed: true,
      decisions: true,
      orders: true,
      deadlines: true,
      jobs: true,
    });
    // As after a connection that was cut without a word: no answer, and no error either. Streams opened later hear.
    const deaf = new WeakSet<object>();
    const real = ChangeStream.prototype.tryNext;
    // Each of them asks within this time; whoever is opened anew is opened after it.
    const whileOld = STREAM_SILENCE_MS - 2_000;
    const installed = performance.now();
    jest.spyOn(ChangeStream.prototype, 'tryNext').mockImplementation(function (this: ChangeStream) {
      if (performance.now() - installed < whileOld) deaf.add(this);
      return deaf.has(this) ? new Promise<never>(() => {}) : real.call(this);
    });
    const red = new Set<string>();
    await until(
      async () => {
        const { status, body } = await ready();
        const parts = Object.entries(body as Record<string, boolean>);
        for (const [name, isFine] of parts) if (!isFine && status === 503) red.add(name);
        return red.has('feed') && red.has('audit'); // the others hear by the stream of the first
      },
      { timeoutMs: STREAM_SILENCE_MS + 20_000 },
    );
    await until(async () => (await ready()).status === 200);
  }, 120_000);
});

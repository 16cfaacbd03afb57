import { openTestStore } from '../test/support/app.ts';
import { Client } from '../test/support/client.ts';
import { eventDraft } from '../test/support/factories.ts';
import { loadConfig } from './platform/config/config.ts';
import { Logger } from './platform/logger/logger.ts';
import { startServer } from './start.ts';

describe('while the store is away', () => {
  it('writes are refused within five seconds, the process lives, and says that it is not ready', async () => {
    const store = await openTestStore();
    const password = 'quiet-harbour-17';
    const config = loadConfig({ PORT: '0', ADMIN_PASSWORD: password });
    const running = await startServer({ config, logger: new Logger('silent'), storeUri: store.uri });
    const client = await new Client(running.url).signIn('admin', password);
    expect((await client.send('POST', '/api/events', eventDraft())).status).toBe(201);
    await store.close();

    const begun = performance.now();
    const refusal = await client.send('POST', '/api/events', eventDraft());
    expect(performance.now() - begun).toBeLessThan(5_500);
    expect([refusal.status, refusal.error?.code]).toEqual([503, 'unavailable']);
    expect(refusal.error?.message).toMatch(/Хранилище не отвечает, ничего не записано/);
    expect((await client.send('GET', '/api/health')).status).toBe(200);
    const ready = await client.send<Record<string, boolean>>('GET', '/api/ready');
    expect([ready.status, ready.body.store]).toEqual([503, false]);
    await running.stop();
  }, 60_000);
});

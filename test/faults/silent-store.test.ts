/**
 * A store that hangs is not one that is slow. While it says nothing, requests are refused with 503 in time, never with
 * 500 and never by waiting for ever; one that was late by a few seconds has cost nobody anything, and after either the
 * server goes on over the same lines.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@svodka/shared/contracts/id';
import { type App, startApp, storeOf } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { until } from '../support/until.ts';

describe('a store that falls silent', () => {
  let app: App;
  let client: Client;
  beforeAll(async () => {
    app = await startApp({
      env: { LOG_LEVEL: 'info', ADMIN_PASSWORD: 'steady-anchor-31' },
      timeoutMs: 60_000,
    });
    client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
  }, 90_000);
  afterAll(() => app?.stop());

  const write = () => client.send('POST', '/api/events', { id: newId(), type: 'note.free', title: 'Запись' });

  it('refuses what waits, with 503 and within five seconds, and answers again without a restart', async () => {
    const { pid } = await storeOf(app.dataDir);
    process.kill(pid, 'SIGSTOP');
    try {
      const since = performance.now();
      const answers = await Promise.all([write(), client.send('GET', '/api/events'), write()]);
      expect(answers.map(({ status, error }) => [status, error?.code])).toEqual(
        Array(3).fill([503, 'unavailable']),
      );
      // The bound is the promise itself (P14), with room for a busy machine.
      expect(performance.now() - since).toBeLessThan(9_000);
      expect((await client.send('GET', '/api/ready')).status).toBe(503);
      expect((await client.send('GET', '/api/health')).status).toBe(200);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(async () => (await write()).status === 201, { timeoutMs: 20_000 });
    await until(async () => (await client.send('GET', '/api/ready')).status === 200, { timeoutMs: 20_000 });
    expect((await storeOf(app.dataDir)).pid).toBe(pid);
    // What was refused is not answered a second time when the store speaks again.
    expect(app.output()).not.toContain('after they are sent');
  }, 90_000);

  it('waits for one that is late', async () => {
    const { pid } = await storeOf(app.dataDir);
    process.kill(pid, 'SIGSTOP');
    const late = Promise.all([write(), write(), client.send('GET', '/api/events')]);
    await until(async () => (await client.send('GET', '/api/ready')).status === 503, { timeoutMs: 5_000 });
    process.kill(pid, 'SIGCONT');
    expect((await late).map(({ status }) => status)).toEqual([201, 201, 200]);
  }, 60_000);

  it('answers 503, never 500, to everything while the store is killed', async () => {
    const statuses = new Set<number>();
    let writing = true;
    // Below what one person may write in a second, which is another refusal.
    const writers = Array.from({ length: 2 }, async () => {
      while (writing) {
        statuses.add((await write()).status);
        await pause(200);
      }
    });
    for (let kill = 0; kill < 3; kill++) {
      const { pid } = await storeOf(app.dataDir);
      process.kill(pid, 'SIGKILL');
      await until(async () => (await storeOf(app.dataDir)).pid !== pid, { timeoutMs: 30_000 });
      await until(async () => (await write()).status === 201, { timeoutMs: 30_000, everyMs: 200 });
    }
    writing = false;
    await Promise.all(writers);
    expect([...statuses].filter((status) => ![201, 503].includes(status))).toEqual([]);
    // One line at the start of an outage, not a stack a second; and what the new start found.
    const lines = app
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg.includes('alarm clock waits')).length).toBeLessThanOrEqual(5);
    expect(lines.filter(({ msg }) => msg.includes('not an orderly one'))).toHaveLength(3);
    expect(lines.filter(({ msg }) => /lost the change log/.test(msg))).toEqual([]);
  }, 120_000);
});

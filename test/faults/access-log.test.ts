/**
 * Server and store are killed with SIGKILL, together, while people, rights and events are changed. Each change that was
 * acknowledged has its record in the access log, once, and the chain is whole (server/audit/SPEC.md, A1, A3). The seed
 * is printed; KILL_SEED repeats a run.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { User } from '@svodka/shared/contracts/user';
import { runApp } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { LastingApp } from '../support/lasting-app.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const ROUNDS = process.env.SVODKA_DEEP ? 20 : 3;
const WRITERS = 3;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

const random = seeded(seed);

describe(`kill -9 while people and rights are changed (seed ${seed})`, () => {
  let app: LastingApp;

  beforeAll(async () => {
    app = await LastingApp.start();
  }, 90_000);
  afterAll(() => app?.close());

  it('has one record of each change that was acknowledged', async () => {
    const { token } = await app.signIn();
    /** What was acknowledged: `kind id`. */
    const acknowledged: string[] = [];
    let writing = true;
    /** One change after the other, by whichever server runs. */
    async function change(): Promise<void> {
      const client = Object.assign(new Client(app.url), { token });
      const login = `p-${newId().slice(-12)}`;
      const { user } = await client.post<{ user: User }>('/api/users', {
        login,
        name: 'X',
        roles: ['measurer'],
      });
      acknowledged.push(`person.created ${user.id}`);
      await client.patch(`/api/users/${user.id}`, { roles: ['orders'] });
      acknowledged.push(`person.rights ${user.id}`);
      await client.patch(`/api/users/${user.id}`, { disabled: true });
      acknowledged.push(`person.disabled ${user.id}`);
      const draft = { type: 'note.free', title: 'x' };
      const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', draft);
      await client.delete(`/api/events/${event.id}`);
      acknowledged.push(`event.deleted ${event.id}`);
      await client.post(`/api/events/${event.id}/restore`);
      acknowledged.push(`event.restored ${event.id}`);
    }
    const writers = Array.from({ length: WRITERS }, async () => {
      while (writing) await change().catch(() => pause(100)); // what died with the server was not acknowledged
    });
    for (let round = 0; round <= ROUNDS; round++) {
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 15, { timeoutMs: 30_000, what: 'changes to go on' });
      if (round === ROUNDS) break;
      await pause(random() * 500); // the moment of the fault, from the seed
      await app.kill();
      await app.again();
    }
    writing = false;
    await Promise.all(writers);

    const client = Object.assign(new Client(app.url), { token });
    let records: string[] = [];
    await until(
      async () => {
        records = [];
        for (let after = ''; ; ) {
          const page = await client.get<Page<AuditRecord>>(`/api/audit?limit=200${after}`);
          records.push(...page.items.map(({ what, object }) => `${what} ${object?.id}`));
          if (!page.next) break;
          after = `&after=${encodeURIComponent(page.next)}`;
        }
        return acknowledged.every((one) => records.includes(one));
      },
      { timeoutMs: 20_000, what: () => acknowledged.filter((one) => !records.includes(one)).join(', ') },
    );
    const changes = records.filter((one) => /^(person|event)\./.test(one));
    expect(new Set(changes).size).toBe(changes.length);

    const verified = await runApp({ DATA_DIR: app.dataDir }, 'build/server/audit/verify.js').ended;
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('is whole') });
    const link = /(\d+):([\w-]{43})/.exec(verified.stdout);
    expect(Number(link?.[1])).toBeGreaterThanOrEqual(acknowledged.length);
  }, 240_000);
});

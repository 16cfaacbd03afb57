/**
 * Somebody is erased (server/erasure/SPEC.md): canaries are laid wherever people and programs write, one command erases
 * them, and no byte of the data directory has one any more; nor after an older backup was put back. What is not theirs
 * stays, and the desk goes on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { type App, type Ended, runApp, startApp } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { attach } from '../support/files.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const KILLS = process.env.SVODKA_DEEP ? 20 : 2;
/** About as long as it takes from its beginning on. */
const LASTS_MS = 1_500;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

const ADMIN = { login: 'admin', password: 'steady-anchor-31' };
const CANARY = {
  name: 'Канарейкин Прохор',
  contact: 'Канарейкина Дарья',
  phone: '9165550199',
  email: 'kanareyka-7f3a@mail.example',
  inn: '500100732259',
  address: 'Лазоревая аллея, 8',
  text: 'канареечный-рассказ-71',
  before: 'канареечный-черновик-72',
  comment: 'канареечный-разговор-73',
  file: 'канареечный-файл-74',
};
const EVERYWHERE = [...Object.values(CANARY), [...CANARY.phone].reverse().join('')];

async function program(name: string, dir: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [`build/server/${name}.js`, ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

/** Which canaries stand in which files, by bytes. */
async function canariesIn(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const canary of EVERYWHERE)
      for (const spelt of new Set([
        canary,
        canary.toLowerCase(),
        canary.split(' ')[0]?.toLowerCase() ?? canary,
      ]))
        if (bytes.includes(spelt)) found.push(`${spelt} in ${entry.name}`);
  }
  return found;
}

describe(`npm run erase (seed ${seed})`, () => {
  let root: string;
  /** What there was before. */
  let whole: string;
  let app: App | undefined;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'svodka-erase-'));
  });
  afterAll(async () => {
    await app?.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('leaves no byte of somebody, nor does an older backup bring one back', async () => {
    const dir = join(root, 'data');
    const copy = join(root, 'backups', 'before.backup');
    const start = () =>
      startApp({
        env: { ADMIN_LOGIN: ADMIN.login, ADMIN_PASSWORD: ADMIN.password },
        dataDir: dir,
        timeoutMs: 60_000,
      });
    app = await start();
    let client = await new Client(app.url).signIn(ADMIN.login, ADMIN.password);

    const card = await makeCounterparty(client, {
      name: CANARY.name,
      phones: [`+7${CANARY.phone}`],
      emails: [CANARY.email],
      inn: CANARY.inn,
      note: CANARY.text,
      contacts: [{ name: CANARY.contact, role: 'жена', phones: [], emails: [] }],
    });
    const order = await makeProject(client, {
      counterpartyId: card.id,
      objectAddress: CANARY.address,
      note: CANARY.text,
    });
    const paid = await makeEvent(client, {
      type: 'payment.prepaid',
      title: `Предоплата, ${CANARY.name}`,
      body: CANARY.before,
      projectId: order.id,
      payload: { amountKop: 18_430_000, method: 'bank', docNo: CANARY.text },
    });
    await client.patch(`/api/events/${paid.id}`, { body: CANARY.text }, { 'If-Match': String(paid.rev) });
    await client.post(`/api/events/${paid.id}/comments`, { body: `${CANARY.comment} @admin` });
    await attach(client, { kind: 'event', id: paid.id }, CANARY.file, `${CANARY.text}.txt`);
    await attach(client, { kind: 'counterparty', id: card.id }, CANARY.file);
    const call = await makeEvent(client, {
      type: 'call.missed',
      title: 'Пропущенный звонок',
      payload: { from: `8 (916) 555-01-99` },
    });
    await client.post(`/api/projects/${order.id}/links`, { id: newId() });
    // Of others, and it stays: but for what is said of the one who goes.
    const neighbour = await makeCounterparty(client, { name: 'Соседи и сыновья' });
    const other = await makeProject(client, { counterpartyId: neighbour.id });
    const said = await makeEvent(client, {
      type: 'note.free',
      title: `Просит перезвонить ${CANARY.name}`,
      body: `телефон +7 916 555-01-99 или ${CANARY.email}`,
      projectId: other.id,
    });
    expect(await program('backup/make', dir, copy)).toMatchObject({ code: 0, stderr: '' });
    const running = await program('erasure/main', dir, card.number, '--yes');
    expect(running).toMatchObject({ code: 73, stderr: expect.stringMatching(/in use by process \d+/) });
    await app.stop();
    whole = join(root, 'whole');
    await cp(dir, whole, { recursive: true, preserveTimestamps: true });
    expect((await canariesIn(dir)).length).toBeGreaterThan(EVERYWHERE.length);

    // Asked only: it says what would go.
    const asked = await program('erasure/main', dir, CANARY.email.toUpperCase());
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/1 card\(s\), 1 order\(s\), \d+ event\(s\)\.\nNothing was changed\./);
    expect(await program('erasure/main', dir, 'C-9999', '--yes')).toMatchObject({ code: 64 });

    const erased = await program('erasure/main', dir, '8 916 555 01 99', '--yes');
    expect(erased).toMatchObject({ code: 0, stderr: '' });
    expect(erased.stdout).toMatch(/bytes were looked through: 0 mentions are left/);
    expect(await canariesIn(dir)).toEqual([]);
    const [act] = (await readdir(join(dir, 'erasures'))).filter((name) => name.endsWith('.txt'));
    expect(await readFile(join(dir, 'erasures', act ?? ''), 'utf8')).toMatch(
      new RegExp(`карточка ${card.number}[^]*стёрто текстов событий\\t\\d+`),
    );

    const goesOn = async () => {
      app = await start();
      client = await new Client(app.url).signIn(ADMIN.login, ADMIN.password);
      const empty = await client.get<Counterparty>(`/api/counterparties/${card.id}`);
      expect(empty).toMatchObject({
        name: 'Данные стёрты',
        phones: [],
        emails: [],
        inn: null,
        note: '',
        contacts: [],
      });
      const kept = await client.get<Project>(`/api/projects/${order.id}`);
      expect(kept).toMatchObject({ number: order.number, objectAddress: '', note: '' });
      const eventOf = async (id: string) =>
        (await client.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
      expect(await eventOf(paid.id)).toMatchObject({
        title: 'Предоплата внесена',
        body: '',
        payload: { amountKop: 18_430_000, method: 'bank' },
      });
      expect((await eventOf(paid.id)).attachments ?? []).toEqual([]);
      expect((await eventOf(call.id)).payload).toEqual({});
      expect(await eventOf(said.id)).toMatchObject({
        title: 'Просит перезвонить [стёрто]',
        body: 'телефон [стёрто] или [стёрто]',
      });
      for (const query of ['5550199', 'канарейкин', 'лазоревая'])
        expect(
          (await client.get<Page<SvodkaEvent>>(`/api/events?filter=${encodeURIComponent(query)}`)).items,
        ).toEqual([]);
      // It is found again by what is left.
      const found = await client.get<Page<SvodkaEvent>>(
        `/api/events?filter=${encodeURIComponent(order.number)}`,
      );
      expect(found.items.map(({ id }) => id)).toContain(paid.id);
      const next = await makeEvent(client, { projectId: order.id, title: 'Жизнь идёт дальше' });
      expect((await eventOf(next.id)).projectId).toBe(order.id);
      const told = await client.get<Page<AuditRecord>>(`/api/audit?object=${card.id}`);
      expect(told.items.map(({ what }) => what)).toContain('counterparty.erased');
      await app.stop();
      expect(await program('audit/verify', dir)).toMatchObject({ code: 0 });
      expect(await canariesIn(dir)).toEqual([]);
    };
    await goesOn();

    const back = await program('backup/put-back', dir, copy);
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(back.stdout).toMatch(/Erased again: 1 counterparties, 0 mentions are left/);
    expect(await canariesIn(dir)).toEqual([]);
    await goesOn();

    // Clean, it was kept aside; it goes with the next who is erased, and that is said beforehand.
    const next = await program('erasure/main', dir, neighbour.number);
    expect(next.stdout).toMatch(/put aside: .*replaced-.*\nNothing was changed/);

    // Copied over by hand: it is not served, and the way out is named.
    await rm(join(dir, 'store'), { recursive: true });
    await cp(join(whole, 'store'), join(dir, 'store'), { recursive: true, preserveTimestamps: true });
    const refused = await runApp({ DATA_DIR: dir }).ended;
    expect(refused).toMatchObject({ code: 78, stderr: expect.stringMatching(/npm run erase -- --again/) });
    expect(await program('erasure/main', dir, '--again')).toMatchObject({ code: 0, stderr: '' });
    expect(await canariesIn(dir)).toEqual([]);
  }, 180_000);

  it.each(Array.from({ length: KILLS }, () => random()))(
    'is ended by --again after kill -9 (at %f of its time)',
    async (part) => {
      const dir = join(root, `killed-${part}`);
      await cp(whole, dir, { recursive: true, preserveTimestamps: true });
      const child = spawn(process.execPath, ['build/server/erasure/main.js', CANARY.email, '--yes'], {
        env: { PATH: process.env.PATH, DATA_DIR: dir },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const closed = once(child, 'close');
      const began = () => existsSync(join(dir, 'erasures/list.json'));
      await until(() => began() || child.exitCode !== null, {
        timeoutMs: 60_000,
        what: 'the erasure to begin',
      });
      await pause(part * LASTS_MS); // the moment of the fault, from the seed
      child.kill('SIGKILL');
      await closed;
      const again = await program('erasure/main', dir, '--again');
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(await canariesIn(dir)).toEqual([]);
      const started = await startApp({ dataDir: dir, timeoutMs: 60_000 });
      await started.stop();
      await rm(dir, { recursive: true });
    },
    120_000,
  );
});

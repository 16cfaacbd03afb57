import type { AuditRecord, AuditTitle } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import { newId } from '@svodka/shared/contracts/id';
import { isMessageKey } from '@svodka/shared/messages/catalogue';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { AuditRepository, HEAD_ID } from './audit.repository.ts';
import type { AuditDoc, AuditDraft } from './audit.schema.ts';
import { hashOf, link, START, type Tail, verifyChain } from './chain.ts';
import { TOLD_FIELDS } from './told-fields.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
const CANARY = 'канарейка';

let app: TestApp;
let dispatcher: Person;
let manager: Person;

beforeAll(async () => {
  app = await createTestApp({ isWatched: true });
  dispatcher = await app.signIn({ roles: ['dispatcher'], name: `Анна ${CANARY}` });
  manager = await app.signIn({ roles: ['manager'] });
}, 60_000);
afterAll(() => app?.close());

const gap = (n: number): AuditDraft => ({
  at: new Date(),
  who: null,
  what: 'log.gap',
  object: null,
  from: null,
  details: { n },
});
const stored = () => driverCollection<AuditDoc>(app.connection, 'audit').find().sort({ _id: 1 }).toArray();
const list = async (query = '') =>
  (await app.admin.get<Page<AuditRecord>>(`/api/audit?limit=200${query}`)).items;

/** Waits until the log tells it. */
async function told(what: string, wanted: Partial<AuditRecord> = {}): Promise<AuditRecord> {
  let found: AuditRecord | undefined;
  await until(
    async () => {
      found = (await list()).find(
        (one) =>
          one.what === what &&
          Object.entries(wanted).every(([field, value]) => {
            const is = one[field as keyof AuditRecord];
            return JSON.stringify(is) === JSON.stringify(value);
          }),
      );
      return found !== undefined;
    },
    { what: () => `${what} ${JSON.stringify(wanted)}` },
  );
  return found as AuditRecord;
}

describe('the access log', () => {
  it('tells of tables from outside: who connected, fed, changed and removed them, and no word of theirs', async () => {
    const boss = await app.signIn({ roles: ['administrator'] });
    const file = { 'Content-Type': 'application/octet-stream' };
    const mapping = { kind: 'counterparties', key: 'CODE', columns: { NAME: 'name' } };
    const { id } = await boss.post<{ id: string }>('/api/tables', { name: CANARY, mapping });
    const of = { object: { kind: 'table', id }, who: boss.user.id } as const;
    await told('table.created', of);
    await boss.post(`/api/tables/${id}/dumps?fileName=a.csv`, `CODE;NAME\r\n7;${CANARY}\r\n`, file);
    await told('table.taken', {
      ...of,
      details: { file: 'a.csv', rows: 1, new: 1, events: 0, refused: 0, sumKop: 0 },
    });
    await boss.patch(`/api/tables/${id}`, { mapping: { ...mapping, zone: 'Europe/Samara' } });
    await told('table.changed', { ...of, details: { fields: ['mapping'] } });
    await boss.send('DELETE', `/api/tables/${id}`);
    await told('table.removed', of);
    expect(JSON.stringify(await list())).not.toContain(CANARY);
  });

  it('tells of letters and pages for customers: who let them, who ended them, and no word of theirs', async () => {
    const party = await makeCounterparty(dispatcher, { name: `Инна ${CANARY}` });
    const order = await makeProject(dispatcher, { counterpartyId: party.id });
    const path = `/api/counterparties/${party.id}/consent`;
    await dispatcher.post(path, { channel: 'mail', email: 'inna@home.example', locale: 'ru', text: CANARY });
    await dispatcher.delete(path);
    await dispatcher.post(`/api/projects/${order.id}/links`, { days: 3 });
    await dispatcher.post(`/api/projects/${order.id}/links/revoke`, { linkId: null });
    const by = { who: dispatcher.user.id };
    await told('consent.given', { ...by, object: { kind: 'counterparty', id: party.id } });
    await told('consent.withdrawn', { ...by, object: { kind: 'counterparty', id: party.id } });
    await told('link.made', { ...by, object: { kind: 'project', id: order.id } });
    await told('link.revoked', { ...by, object: { kind: 'project', id: order.id } });
    expect(JSON.stringify(await list())).not.toContain(CANARY);
  });

  it('tells sign-ins, and those that failed, of whom and from where', async () => {
    const person = await app.signIn({ roles: ['measurer'] });
    expect(await told('sign-in.ok', { who: person.user.id })).toMatchObject({ details: { kind: 'bearer' } });
    const { login } = person.user;
    await app.client().send('POST', '/api/session', { login, password: 'not-the-password' });
    await told('sign-in.failed', { who: null, object: { kind: 'user', id: person.user.id } });
    await person.send('DELETE', '/api/session');
    await told('session.ended', { who: person.user.id });
  });

  it('tells what was refused: a missing right, and what is out of scope', async () => {
    const event = await makeEvent(dispatcher);
    await manager.send('POST', '/api/users', { login: 'x1', name: 'X', roles: ['manager'] });
    await told('refused.right', { who: manager.user.id, details: { route: 'POST /api/users' } });
    await manager.send('GET', `/api/events/${event.id}`);
    const record = await told('refused.scope', {
      who: manager.user.id,
      object: { kind: 'event', id: event.id },
    });
    expect(record.from).toMatch(/127\.0\.0\.1$/);
  });

  it('tells no made-up id, however many come with it', async () => {
    const person = await app.signIn({ roles: ['finance'] });
    const typed = ['<b>x', `Иванов ${CANARY}`, 'a'.repeat(300)].map(encodeURIComponent);
    for (const id of [...typed, ...Array.from({ length: 40 }, () => newId())])
      for (const path of ['projects', 'counterparties']) {
        expect((await person.send('PATCH', `/api/${path}/${id}`, { note: 'x' })).status).toBe(403);
        await person.send('GET', `/api/events/${id}`);
      }
    await told('refused.right', {
      who: person.user.id,
      object: { kind: 'route', id: 'PATCH /api/projects/:id' },
    });
    const mine = (await list(`&who=${person.user.id}`)).filter(({ what }) => what.startsWith('refused'));
    expect(mine.map(({ object }) => object?.kind)).toEqual(['route', 'route']);
    // Of what is there it is told of the thing.
    const project = await makeProject(dispatcher);
    await person.send('PATCH', `/api/projects/${project.id}`, { note: 'x' });
    await told('refused.right', { who: person.user.id, object: { kind: 'project', id: project.id } });
  });

  it('counts what is refused again and again in place of telling each', async () => {
    for (let i = 0; i < 30; i++) await manager.send('GET', '/api/users?limit=0');
    for (let i = 0; i < 30; i++) await manager.send('GET', '/api/deliveries');
    await told('refused.right', { who: manager.user.id, details: { route: 'GET /api/deliveries' } });
    const mine = (await list()).filter(({ details }) => details.route === 'GET /api/deliveries');
    expect(mine).toHaveLength(1);
  });

  it('tells of people: made, changed, other rights, disabled, another password', async () => {
    const { user } = await app.signIn({ roles: ['measurer'] });
    const object = { kind: 'user', id: user.id } as const;
    const who = (await app.admin.get<{ user: { id: string } }>('/api/session')).user.id;
    await told('person.created', { who, object, details: { roles: ['measurer'] } });
    await app.admin.patch(`/api/users/${user.id}`, { roles: ['orders'], name: `Иная ${CANARY}` });
    const rights = await told('person.rights', { who, object });
    expect(rights.details).toEqual({ from: ['measurer'], to: ['orders'], department: false });
    await told('person.changed', { object, details: { fields: ['name'] } });
    await app.admin.post(`/api/users/${user.id}/password`, {});
    await told('password.reset', { who, object });
    await app.admin.patch(`/api/users/${user.id}`, { departmentId: 'Замеры' });
    await told('person.rights', { object, details: { from: ['orders'], to: ['orders'], department: true } });
    await app.admin.patch(`/api/users/${user.id}`, { disabled: true });
    await told('person.disabled', { who, object });
    // Who had no link to a calendar has lost none with the password.
    const about = (await list()).filter((record) => record.object?.id === user.id);
    expect(about.filter(({ what }) => what === 'person.changed')).toHaveLength(1);
  });

  it('tells who wrote, changed and took away a rule of notices, and no word of it', async () => {
    const boss = await app.signIn({ roles: ['administrator'] });
    const { id } = await boss.post<{ id: string }>('/api/rules', {
      name: CANARY,
      state: 'off',
      filter: 'type:complaint.opened',
      trigger: { on: 'occurred' },
      recipients: [{ to: 'manager' }],
    });
    const of = { object: { kind: 'rule', id }, who: boss.user.id } as const;
    await told('rule.created', { ...of, details: { code: null, state: 'off' } });
    await boss.post(`/api/rules/${id}/mute`, { isMuted: true });
    await boss.patch(`/api/rules/${id}`, { state: 'dry', delayMinutes: 5 });
    await told('rule.changed', {
      ...of,
      details: { code: null, state: 'dry', fields: ['delayMinutes', 'state'] },
    });
    await boss.send('DELETE', `/api/rules/${id}`);
    await told('rule.removed', of);
    await boss.send('POST', `/api/rules/${id}/restore`);
    await told('rule.restored', of);
    const rules = await list('&group=rules');
    // What it is called now is told beside the log, which keeps its id.
    const page = await app.admin.get<{ rules: unknown[] }>('/api/audit?limit=50&group=rules');
    expect(page.rules).toContainEqual({ id, code: null, name: CANARY });
    expect(rules.filter(({ object }) => object?.id === id)).toHaveLength(4);
    expect(JSON.stringify(rules)).not.toContain(CANARY);
  });

  it('A6: tells which list somebody saved as a file: conditions by codes and ids, and no word of theirs', async () => {
    const { id } = await makeProject(dispatcher, {});
    const filter = `project:${id} importance>=high "${CANARY}"`;
    await dispatcher.post('/api/audit/saved-lists', { list: 'events', filter, rows: 120 });
    const record = await told('list.saved', { who: dispatcher.user.id, object: null });
    expect(record.details).toMatchObject({ list: 'events', rows: 120, words: true });
    expect(String(record.details.filter)).toMatch(new RegExp(`project:${id} importance.*high`));
    expect(record.from).not.toBeNull();
    await dispatcher.post('/api/audit/saved-lists', { list: 'events', filter: `project:${CANARY}`, rows: 0 });
    await dispatcher.post('/api/audit/saved-lists', { list: 'counterparties', hasWords: true, rows: 3 });
    await told('list.saved', { details: { list: 'counterparties', rows: 3, filter: null, words: true } });
    const saved = await list('&group=lists');
    expect([saved.length, JSON.stringify(saved).includes(CANARY)]).toEqual([3, false]);
    const refused = await dispatcher.send('POST', '/api/audit/saved-lists', {
      list: 'projects',
      filter: 'importance:high',
      rows: 1,
    });
    expect(refused.status).toBe(400);
  });

  it('tells who changed a team, and the order tells it in its history', async () => {
    const project = await makeProject(dispatcher, {
      objectAddress: `ул. ${CANARY}`,
      managerId: manager.user.id,
    });
    await manager.patch(`/api/projects/${project.id}`, { appointedIds: [dispatcher.user.id] });
    const details = {
      from: manager.user.id,
      to: manager.user.id,
      added: [dispatcher.user.id],
      removed: [],
    };
    await told('order.team', { who: manager.user.id, object: { kind: 'project', id: project.id }, details });
    const { items } = await manager.get<{ items: AuditRecord[] }>(`/api/projects/${project.id}/history`);
    expect(items.map(({ what, from }) => [what, from])).toEqual([
      ['order.team', null],
      ['order.created', null],
    ]);
  });

  it('tells of which events the customer of an order is told by letter, and has a word for every field', async () => {
    const project = await makeProject(dispatcher);
    await dispatcher.patch(`/api/projects/${project.id}`, { told: ['measure.done'] });
    await told('order.changed', {
      who: dispatcher.user.id,
      object: { kind: 'project', id: project.id },
      details: { fields: ['told'] },
    });
    expect(TOLD_FIELDS.filter((field) => !isMessageKey(`audit.field.${field}`))).toEqual([]);
  });

  it('tells deletions and restorations', async () => {
    const event = await makeEvent(dispatcher, { title: CANARY, body: CANARY });
    await dispatcher.delete(`/api/events/${event.id}`);
    await dispatcher.post(`/api/events/${event.id}/restore`);
    const object = { kind: 'event', id: event.id } as const;
    await told('event.deleted', { who: dispatcher.user.id, object });
    await told('event.restored', { who: dispatcher.user.id, object });
  });

  it('names what was deleted, and the event of a comment, by looking it up and not by keeping it', async () => {
    const [gone, kept] = [
      await makeEvent(dispatcher, { title: `${CANARY} удалена` }),
      await makeEvent(dispatcher, { title: `${CANARY} осталась` }),
    ];
    const comment = await dispatcher.post<{ id: string }>(`/api/events/${kept.id}/comments`, {
      body: CANARY,
    });
    await dispatcher.delete(`/api/comments/${comment.id}`);
    await dispatcher.delete(`/api/events/${gone.id}`);
    await told('comment.deleted', { object: { kind: 'comment', id: comment.id } });
    await told('event.deleted', { object: { kind: 'event', id: gone.id } });
    const titlesOf = async (id: string) =>
      (await app.admin.get<{ titles: AuditTitle[] }>(`/api/audit?object=${id}`)).titles;
    expect(await titlesOf(gone.id)).toEqual([
      { id: gone.id, eventId: gone.id, type: gone.type, title: gone.title, isGone: true },
    ]);
    expect(await titlesOf(comment.id)).toEqual([
      { id: comment.id, eventId: kept.id, type: kept.type, title: kept.title, isGone: false },
    ]);
    expect(JSON.stringify(await stored())).not.toContain(CANARY);
  });

  it('is narrowed by who, what, object and period, page by page', async () => {
    const all = await list();
    const { who } = all.find((one) => one.who !== null) as AuditRecord;
    expect((await list(`&who=${who}`)).every((one) => one.who === who)).toBe(true);
    expect((await list('&group=people')).every(({ what }) => /^(person|password)/.test(what))).toBe(true);
    const middle = all[Math.floor(all.length / 2)] as AuditRecord;
    const older = await list(`&until=${middle.at}`);
    expect(older.every(({ at }) => at < middle.at)).toBe(true);
    const first = await app.admin.get<Page<AuditRecord>>('/api/audit?limit=3');
    const second = await app.admin.get<Page<AuditRecord>>(`/api/audit?limit=3&after=${first.next}`);
    const seen = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(seen).size).toBe(6);
  });

  it('holds no text that somebody wrote', async () => {
    const text = JSON.stringify(await stored());
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(dispatcher.user.login);
    expect(text).not.toContain(dispatcher.password);
  });

  it('writes together what is told while it writes: a flood of one keeps nobody waiting', async () => {
    const records = app.app.get(AuditRepository);
    let commands = 0;
    const count = ({ commandName }: { commandName: string }) => {
      if (commandName === 'insert') commands++;
    };
    app.connection.getClient().on('commandStarted', count);
    await Promise.all(Array.from({ length: 300 }, (_, n) => records.append([gap(n)])));
    app.connection.getClient().off('commandStarted', count);
    expect(commands).toBeGreaterThan(0);
    expect(commands).toBeLessThan(10);
    expect((await verifyChain(iterate(await stored()), [])).faults).toEqual([]);
  });

  it('takes as many saved lists of a person as they may have saved, and says when to come back', async () => {
    const eager = await app.signIn();
    const save = () => eager.send('POST', '/api/audit/saved-lists', { list: 'events', rows: 1 });
    const answers = await Promise.all(Array.from({ length: 80 }, save));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is one chain also when several nodes write at once, and each key stands in it once', async () => {
    const nodes = Array.from({ length: 4 }, () => new AuditRepository(app.connection));
    const draft = (n: number): AuditDraft => ({ ...gap(n), key: `test:${n}` });
    await Promise.all(
      nodes.flatMap((node) => Array.from({ length: 20 }, (_, n) => node.append([draft(n), draft(n + 20)]))),
    );
    const records = await stored();
    expect(records.filter(({ key }) => key?.startsWith('test:'))).toHaveLength(40);
    const head = await driverCollection<Tail & { _id: string }>(app.connection, 'settings').findOne({
      _id: HEAD_ID,
    });
    expect((await verifyChain(iterate(records), head ? [head] : [])).faults).toEqual([]);
    expect(head?.seq).toBeGreaterThanOrEqual(40);
  });
});

async function* iterate(records: AuditDoc[]): AsyncGenerator<AuditDoc> {
  yield* records;
}

describe(verifyChain.name, () => {
  const drafts = Array.from(
    { length: 12 },
    (_, n): AuditDraft => ({
      at: new Date(1_790_000_000_000 + n),
      who: `u${n}`,
      what: 'person.rights',
      object: { kind: 'user', id: `u${n}` },
      from: '10.0.0.1',
      details: { from: ['orders'], to: ['finance'] },
    }),
  );
  const chain = () => link(START, drafts);
  const head = (records: AuditDoc[]): Tail => records.at(-1) as AuditDoc;
  const faultsOf = async (records: AuditDoc[], whole = chain()) =>
    (await verifyChain(iterate(records), [head(whole)])).faults.map(({ seq, fault }) => `${seq} ${fault}`);

  it('finds nothing in a chain that is whole', async () => {
    expect(await faultsOf(chain())).toEqual([]);
  });

  it('finds any field that was altered', async () => {
    for (const change of [
      { at: new Date(0) },
      { who: 'other' },
      { what: 'person.disabled' as const },
      { object: null },
      { from: null },
      { details: {} },
      { key: 'x' },
      { prev: '' },
    ]) {
      const records = chain().map((one, n) => (n === 4 ? { ...one, ...change } : one));
      expect(await faultsOf(records)).toContain('5 altered');
    }
  });

  it('finds one whose hash was made anew, by the next', async () => {
    const records = chain().map((one, n) => {
      if (n !== 4) return one;
      const forged = { ...one, who: 'other' };
      return { ...forged, hash: hashOf(forged) };
    });
    expect(await faultsOf(records)).toEqual(['6 reordered']);
  });

  it('finds what was removed: at the beginning, in the middle, at the end', async () => {
    for (const [at, fault] of [
      [0, '1 removed'],
      [5, '6 removed'],
      [11, '12 cut-off'],
    ] as const)
      expect(await faultsOf(chain().filter((_, n) => n !== at))).toContain(fault);
  });

  it('finds that a link which somebody once saw is gone or another one (A3)', async () => {
    const records = chain();
    const [fifth, last] = [records[4] as AuditDoc, records[11] as AuditDoc];
    const forged = [...records.slice(0, 8), ...link(records[7] as AuditDoc, drafts.slice(0, 4))];
    const ofWitness = async (them: AuditDoc[], ...witnesses: Tail[]) =>
      (await verifyChain(iterate(them), witnesses)).faults.map(({ seq, fault }) => `${seq} ${fault}`);
    expect(await ofWitness(records, fifth, last)).toEqual([]);
    expect(await ofWitness(records.slice(0, 8), records[7] as AuditDoc, last)).toEqual(['9 cut-off']);
    expect(await ofWitness(forged, head(forged))).toEqual([]); // A4: without a witness nobody can tell
    expect(await ofWitness(forged, head(forged), last)).toEqual(['12 altered']);
    expect(await ofWitness([], fifth)).toEqual(['1 cut-off']);
  });

  it('finds what was put in another place', async () => {
    const records = chain();
    const [a, b] = [records[3] as AuditDoc, records[7] as AuditDoc];
    records[3] = { ...b, _id: a._id };
    records[7] = { ...a, _id: b._id };
    expect(await faultsOf(records)).toEqual(expect.arrayContaining(['4 altered', '8 altered']));
  });
});

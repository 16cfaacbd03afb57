// Laws of SPEC.md, by number, from outside.
import { createHash } from 'node:crypto';
import { CFB } from '@e965/xlsx';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { mongo } from 'mongoose';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { attach, download } from '../../test/support/files.ts';

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();
const [FROM, TO] = [ago(20).slice(0, 10), ago(0).slice(0, 10)];
const HOSTILE = '<script>alert(1)</script>" onload="x';

describe('a dossier', () => {
  const clock = new FakeClock(new Date().toISOString());
  let app: TestApp;
  let manager: Awaited<ReturnType<TestApp['signIn']>>;
  let party: Counterparty;
  let project: Project;
  let call: SvodkaEvent;

  beforeAll(async () => {
    app = await createTestApp({ clock });
    manager = await app.signIn({ roles: ['manager'] });
    party = await makeCounterparty(app.admin, { name: `ООО «Пион» ${HOSTILE}` });
    project = await makeProject(app.admin, {
      managerId: manager.user.id,
      counterpartyId: party.id,
      objectAddress: 'Лесная, 5',
    });
    const of = (more: object) => makeEvent(app.admin, { projectId: project.id, ...more } as never);
    await of({
      type: 'payment.prepaid',
      title: 'Предоплата',
      payload: { amountKop: 100_000_00 },
      occurredAt: ago(18),
    });
    await of({
      type: 'payment.refunded',
      title: 'Возврат',
      payload: { amountKop: 20_000_00 },
      occurredAt: ago(17),
    });
    await of({
      type: 'install.confirmed',
      title: 'Дата названа',
      payload: { startOn: '2027-01-25' },
      occurredAt: ago(16),
    });
    await of({
      type: 'call.promise',
      title: 'Перезвонить',
      payload: { promise: 'Перезвоним до обеда', keeper: manager.user.id },
      occurredAt: ago(15),
      due: { at: ago(14) },
    });
    call = await of({
      type: 'call.in',
      title: `Спор ${HOSTILE}`,
      body: HOSTILE,
      occurredAt: ago(14),
    });
    await manager.post(`/api/events/${call.id}/comments`, { body: 'Заказчик прав', mentionIds: [] });
    await of({ type: 'note.free', title: 'Вне срока', occurredAt: ago(40) });
  });
  afterAll(() => app?.close());

  const path = (query = '', of = `projects/${project.id}`) =>
    `/api/${of}/dossier?from=${FROM}&to=${TO}${query}`;
  const page = async (client: Pick<TestApp['admin'], 'url' | 'token'>, of?: string) => {
    const { status, headers, bytes } = await download(client as never, path('', of));
    return { status, headers, html: bytes.toString('utf8') };
  };

  it('O1: tells what happened, oldest first, with payments, days and promises before it', async () => {
    const { status, headers, html } = await page(manager);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const at = (words: string) => {
      expect(html).toContain(words);
      return html.lastIndexOf(words);
    };
    expect(at('80\u00a0000,00')).toBeGreaterThan(0);
    expect(at('Перезвоним до обеда')).toBeGreaterThan(0);
    expect(html).toContain('не выполнено');
    const row = html.split('<tr>').find((each) => each.includes('Перезвоним до обеда'));
    expect(row).toContain(manager.user.name);
    expect(html).toContain('Кто выполнит');
    expect(html).toContain('25.01.2027');
    expect(at('<h4>Предоплата')).toBeLessThan(at('<h4>Возврат'));
    expect(at('<h4>Возврат')).toBeLessThan(at('<h4>Спор'));
    expect(html).toContain(`${manager.user.name}</p><p>Заказчик прав`);
    expect(html).not.toContain('Вне срока');
    const { html: ofParty } = await page(manager, `counterparties/${party.id}`);
    expect(ofParty).toContain('<h4>Спор');
  });

  it('O1: adds up what was paid, not what is expected', async () => {
    const expected = await makeEvent(app.admin, {
      projectId: project.id,
      type: 'payment.final',
      title: 'Ждём остаток',
      payload: { amountKop: 5_000_00 },
      occurredAt: ago(3),
      due: { at: new Date(Date.now() + DAY).toISOString() },
    });
    const { html } = await page(manager);
    await app.admin.delete(`/api/events/${expected.id}`);
    expect(html).toContain('<h4>Ждём остаток');
    expect(html).toContain('80\u00a0000,00');
    expect(html).not.toContain('85\u00a0000,00');
    // What was deleted is not kept from anybody.
    expect((await page(manager)).html).not.toContain('не вошло');
  });

  it('O1: tells edits in words, and names nothing out of sight', async () => {
    const hidden = await makeProject(app.admin);
    const moved = await makeEvent(app.admin, { projectId: hidden.id, type: 'note.free', occurredAt: ago(5) });
    await app.admin.patch(
      `/api/events/${moved.id}`,
      { projectId: project.id, occurredAt: '2026-01-02T03:04:05.000Z' },
      { 'If-Match': String(moved.rev) },
    );
    await app.admin.patch(
      `/api/events/${moved.id}`,
      { occurredAt: ago(4) },
      { 'If-Match': String(moved.rev + 1) },
    );
    const { html } = await page(manager);
    await app.admin.delete(`/api/events/${moved.id}`);
    expect(html).toContain(`Заказ: … → № ${project.number}`);
    expect(html).toContain('02.01.2026, 06:04');
    for (const raw of [hidden.id, hidden.number, '2026-01-02T03']) expect(html).not.toContain(raw);
  });

  it('O1: says how many events were left out for want of a right, and O2: that it was opened', async () => {
    const own = await app.signIn({ roles: ['administrator'], departmentId: null });
    await app.connection.db?.collection<{ _id: string }>('events').updateOne({ _id: call.id }, {
      $set: { visibility: 'department', departmentId: 'elsewhere' },
    } as mongo.UpdateFilter<{ _id: string }>);
    const { html } = await page(manager);
    await app.connection.db?.collection<{ _id: string }>('events').updateOne({ _id: call.id }, {
      $set: { visibility: 'internal', departmentId: null },
    } as mongo.UpdateFilter<{ _id: string }>);
    expect(html).not.toContain('Заказчик прав');
    expect(html).toContain('Ещё 1 событие не вошло');
    const { items } = await own.get<{ items: AuditRecord[] }>('/api/audit?group=dossiers&limit=20');
    expect(items[0]).toMatchObject({
      what: 'dossier.opened',
      who: manager.user.id,
      object: { kind: 'project', id: project.id },
      details: { from: FROM, to: TO },
    });
  });

  it('O4: nothing in it acts', async () => {
    const { html, headers } = await page(manager);
    expect(html).not.toMatch(/<script|" onload/i);
    expect(html).toContain('&lt;script&gt;');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(html).not.toMatch(/https?:\/\//);
  });

  it('O4: comments look as in the discussion, and act no more than the rest', async () => {
    const said = await makeEvent(app.admin, { projectId: project.id, type: 'note.free', occurredAt: ago(6) });
    const body =
      '**Срочно**: 5*3 и `код`\n\n- раз\n- <img src=x> [тут](https://x.test/"a) [там](javascript:1)\n\n> цитата';
    await manager.post(`/api/events/${said.id}/comments`, { body, mentionIds: [] });
    const { html } = await page(manager);
    const zip = CFB.read((await download(manager, path('&as=zip'))).bytes, { type: 'buffer' });
    await app.admin.delete(`/api/events/${said.id}`);
    expect(html).toContain('<p><strong>Срочно</strong>: 5*3 и <code>код</code></p><ul><li>раз</li><li>');
    expect(html).toContain('&lt;img src=x&gt; тут (https://x.test/&quot;a) [там](javascript:1)</li></ul>');
    expect(html).toContain('<blockquote><p>цитата</p></blockquote>');
    expect(html).not.toMatch(/<img src=x|href="(?!\/)/);
    const at = zip.FullPaths.findIndex((name: string) => name.endsWith('index.html'));
    const kept = Buffer.from(zip.FileIndex[at]?.content as Uint8Array).toString('utf8');
    expect(kept).toContain('<strong>Срочно</strong>');
  });

  it('is refused for a period that ends before it begins, and for whoever does not see the order', async () => {
    const stranger = await app.signIn({ roles: ['manager'] });
    expect((await page(stranger)).status).toBe(404);
    const wrong = await manager.send('GET', `/api/projects/${project.id}/dossier?from=${TO}&to=${FROM}`);
    expect(wrong.status).toBe(400);
  });

  it('O5: the ZIP holds the page, every file and their sums, and names what could not come along', async () => {
    const bytes = Buffer.alloc(700_000, 7);
    const good = await attach(manager, { kind: 'event', id: call.id }, bytes, 'акт.bin');
    const bad = await attach(
      manager,
      { kind: 'event', id: call.id },
      Buffer.alloc(1_000, 9),
      '..\\порча.bin',
    );
    const chunks = app.connection.db?.collection('attachments.chunks');
    await chunks?.updateOne({ files_id: bad.id } as object, { $set: { data: Buffer.alloc(1_000, 8) } });
    const got = await download(manager, path('&as=zip'));
    expect(got.headers.get('content-type')).toBe('application/zip');
    const zip = CFB.read(got.bytes, { type: 'buffer' });
    const names = zip.FullPaths.map((name: string) =>
      Buffer.from(name.replace(/^Root Entry\//, ''), 'latin1').toString('utf8'),
    );
    const file = (name: string) => {
      const i = names.findIndex((each: string) => each.endsWith(name));
      return Buffer.from((zip.FileIndex[i]?.content ?? []) as Uint8Array);
    };
    expect(sha(file('акт.bin'))).toBe(sha(bytes));
    const html = file('index.html');
    expect(html.toString()).toContain(encodeURIComponent('001 акт.bin'));
    const sums = file('SHA256SUMS.txt').toString().trim().split('\n');
    expect(sums).toEqual([`${sha(html)}  index.html`, `${sha(bytes)}  files/001 акт.bin`]);
    expect(file('README.txt').toString()).toMatch(/files\/002 порча\.bin/);
    for (const { id } of [good, bad]) await manager.send('DELETE', `/api/files/${id}`);
  });
});

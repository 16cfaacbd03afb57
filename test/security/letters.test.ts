// What a hostile title, name or address may do in a letter, in its preview and in what is downloaded (22, 23, 24, 56).
import type { Delivery } from '@svodka/shared/contracts/notice';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { attach } from '../support/files.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let app: TestApp;
let sink: SmtpSink;
beforeAll(async () => {
  sink = await startSmtpSink();
  app = await createTestApp({ config: { SMTP_URL: sink.url } });
});
afterAll(async () => {
  await app?.close();
  await sink?.close();
});

const HTML = '<img src=x onerror=alert(1)><script>alert(1)</script>';
const HEADERS = '=?utf-8?B?QmNjOiBhQGIuYw==?= Bcc: a@b.example, <evil@x.example>';

describe('a letter of hostile words', () => {
  it('goes to its reader alone, with the words as words, and is shown without being able to do anything', async () => {
    const email = 'reader@office.example';
    const reader = await app.signIn({
      roles: ['dispatcher'],
      email,
      name: `Вера "x" <a@b.example>, ${HEADERS}`.slice(0, 80),
    });
    const customer = await makeCounterparty(app.admin, { name: `ООО ${HTML}` });
    const project = await makeProject(app.admin, {
      counterpartyId: customer.id,
      number: 'x"><svg/onload=1>',
      managerId: reader.user.id,
      objectAddress: `javascript:alert(1) ${HTML}`,
    });
    const title = `${HEADERS} ${HTML} {order} %0d%0aBcc: c@d.example`;
    await makeEvent(app.admin, { type: 'note.free', title, importance: 'critical', projectId: project.id });
    const letter = await sink.letter(({ subject = '' }) => subject.includes('onerror'));
    expect(letter.recipients).toEqual([email]);
    const to = [letter.to].flat().flatMap((each) => each?.value ?? []);
    expect(to.map(({ address }) => address)).toEqual([email]);
    for (const header of ['bcc', 'cc']) expect(letter.headers.has(header)).toBe(false);
    expect(letter.subject).toContain(title);
    expect(String(letter.html)).not.toMatch(/<(?:img|script|svg)/i);
    expect(String(letter.html)).not.toMatch(/href="(?!https?:)/);
    const delivery = await until(
      async () =>
        (await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=50')).items.find(
          ({ to }) => to === email,
        ),
      { what: 'the letter in the list' },
    );
    const shown = await fetch(`${app.url}/api/deliveries/${delivery.id}/letter`, {
      headers: { Authorization: `Bearer ${app.admin.token}` },
    });
    expect(shown.status).toBe(200);
    const policy = shown.headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "frame-ancestors 'self'", 'sandbox allow-popups'])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/allow-(?:scripts|same-origin|forms|top-navigation)|img-src|script-src/);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(await shown.text()).not.toMatch(/<(?:img|script|svg)/i);
  });
});

describe('an archive of hostile names', () => {
  it('has no path that leads out of it, and a name in its header that ends where it ends', async () => {
    const project = await makeProject(app.admin, { number: '../../"; filename=evil.exe' });
    const event = await makeEvent(app.admin, { type: 'contract.signed', projectId: project.id });
    for (const name of [
      '../../etc/passwd',
      '..\\..\\evil.bat',
      'C:\\x.txt',
      '/abs.txt',
      '\u202efdp.exe',
      'CON.txt',
      '=cmd|1.csv',
    ])
      await attach(app.admin, { kind: 'event', id: event.id }, `Договор: ${name}`, name);
    const today = Date.now();
    const day = (shift: number) => new Date(today + shift * 86_400_000).toISOString().slice(0, 10);
    const answer = await fetch(
      `${app.url}/api/projects/${project.id}/dossier?from=${day(-30)}&to=${day(1)}&as=zip`,
      {
        headers: { Authorization: `Bearer ${app.admin.token}` },
      },
    );
    expect(answer.status).toBe(200);
    const header = answer.headers.get('content-disposition') ?? '';
    expect(header).toMatch(/^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\w.~%!#$&+^`|-]+$/);
    const zip = Buffer.from(await answer.arrayBuffer());
    const names: string[] = [];
    for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 4))
      names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
    const files = names.filter((name) => name.startsWith('files/'));
    expect(files).toHaveLength(7);
    for (const name of files) expect(name).toMatch(/^files\/\d{3} [^/\\:*?"<>|\p{Cc}\p{Cf}]+$/u);
  });
});

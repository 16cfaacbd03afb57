// Who tells of calls without being who they say, or says the same again (webhooks, README.md 42 and beyond).
import { createHmac } from 'node:crypto';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { ModuleToken } from '@svodka/shared/contracts/ingest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { cdr, connectTelephony, ring, sign, type Telephony } from '../support/telephony.ts';

describe('the webhook of the telephone system', () => {
  let app: TestApp;
  let telephony: Telephony;
  beforeAll(async () => {
    app = await createTestApp();
    telephony = await connectTelephony(app.admin);
  });
  afterAll(() => app?.close());

  const calls = async () =>
    (
      await app.admin.get<{ items: SvodkaEvent[] }>(
        '/api/events?limit=200&filter=%D0%BC%D0%BE%D0%B4%D1%83%D0%BB%D1%8C:calls',
      )
    ).items;
  const now = () => Math.floor(Date.now() / 1000);
  const body = JSON.stringify(cdr({ uniqueid: 'forged.1' }));

  it.each<[string, () => string]>([
    ['none', () => ''],
    ['of another secret', () => sign('svs_another', now(), body)],
    ['of another body', () => sign(telephony.secret, now(), `${body} `)],
    ['of another time', () => sign(telephony.secret, now(), body).replace(/t=\d+/, `t=${now() - 7}`)],
    [
      'of the body alone',
      () => `t=${now()},v1=${createHmac('sha256', telephony.secret).update(body).digest('hex')}`,
    ],
    ['cut', () => sign(telephony.secret, now(), body).slice(0, -2)],
    ['in letters that are no number', () => `t=0x6741,v1=${'a'.repeat(64)}`],
  ])('takes no signature that is %s', async (_name, signature) => {
    const answer = await ring(app.admin, telephony, body, { signature: signature() });
    expect([answer.status, answer.body.error?.code]).toEqual([401, 'unauthenticated']);
    expect(answer.body.error?.details).toBeUndefined();
  });

  it('answers an unknown key as it answers a wrong signature', async () => {
    const wrong = await ring(app.admin, { ...telephony, secret: 'svs_another' }, body);
    const unknown = await ring(app.admin, { ...telephony, key: newId() }, body);
    const { item } = await app.admin.post<{ item: ModuleToken }>('/api/sources/tokens', {
      module: 'calls',
      name: 'x',
    });
    const bearer = await ring(app.admin, { secret: telephony.secret, key: item.id }, body);
    expect(unknown).toEqual(wrong);
    expect(bearer).toEqual(wrong);
    expect(await calls()).toEqual([]);
  });

  it.each([-3600, 3600, -301, 301])('says of a clock that is %i seconds off that it is', async (seconds) => {
    const answer = await ring(app.admin, telephony, body, { t: now() + seconds + Math.sign(seconds) * 5 });
    expect(answer).toMatchObject({
      status: 401,
      body: { error: { details: [{ field: 'X-Svodka-Signature', reason: 'clock' }] } },
    });
    expect(answer.body.error?.details?.[0]?.message).toContain(String(Math.round(seconds / 60)));
    expect(await calls()).toEqual([]);
  });

  it('takes one call once, also when it is played again after another word of it', async () => {
    const t = now();
    const first = await ring(app.admin, telephony, cdr(), { t });
    expect(first).toMatchObject({ status: 201, body: { outcome: 'created', externalId: '1732700000.42' } });
    expect(await ring(app.admin, telephony, cdr(), { t: t - 1 })).toMatchObject({
      status: 200,
      body: { outcome: 'unchanged' },
    });
    const later = await ring(app.admin, telephony, cdr({ topic: 'жалоба' }));
    expect(later).toMatchObject({ status: 200, body: { outcome: 'changed', id: first.body.id } });
    expect(await ring(app.admin, telephony, cdr(), { t })).toMatchObject({
      status: 200,
      body: { outcome: 'unchanged' },
    });
    const all = await calls();
    expect(all.map(({ id, payload }) => [id, payload.topic])).toEqual([[first.body.id, 'жалоба']]);
  });

  it.each<[string, string, number]>([
    ['no JSON', '{"uniqueid":', 400],
    ['a list', '[]', 400],
    ['deep', '{"uniqueid":{"$ne":null}}', 400],
    ['a prototype', '{"__proto__":{"polluted":true},"uniqueid":"1"}', 400],
    ['without a call id', JSON.stringify(cdr({ uniqueid: '' })), 400],
    ['no text', '\u0000', 400],
    ['long', JSON.stringify(cdr({ topic: 'x'.repeat(70_000) })), 413],
  ])('refuses what is signed and is no call: %s', async (_name, text, status) => {
    const answer = await ring(app.admin, telephony, text);
    expect([answer.status, typeof answer.body.error?.message]).toEqual([status, 'string']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('keeps its secret to itself: told once, of no use as a key, in no list and in no log of access', async () => {
    const bearer = { Authorization: `Bearer ${telephony.secret}` };
    expect((await app.client().send('GET', '/api/ingest', undefined, bearer)).status).toBe(401);
    expect((await app.client().send('GET', '/api/session', undefined, bearer)).status).toBe(401);
    const [sources, audit] = await Promise.all([
      app.admin.send('GET', '/api/sources'),
      app.admin.send('GET', '/api/audit'),
    ]);
    for (const told of [sources, audit]) expect(JSON.stringify(told.body)).not.toContain(telephony.secret);
    const other = await app.admin.send('POST', '/api/sources/tokens', {
      module: 'finance',
      name: 'x',
      signs: true,
    });
    expect(other.error?.details).toMatchObject([{ field: 'signs', reason: 'calls-only' }]);
  });

  it('ends with its key, and with its module', async () => {
    const mine = await connectTelephony(app.admin);
    const call = () => cdr({ uniqueid: newId() });
    expect((await ring(app.admin, mine, call())).status).toBe(201);
    await app.admin.patch('/api/sources', { module: 'calls', isOn: false });
    expect((await ring(app.admin, mine, call())).status).toBe(403);
    await app.admin.patch('/api/sources', { module: 'calls', isOn: true });
    await app.admin.delete(`/api/sources/tokens/${mine.key}`);
    expect(await ring(app.admin, mine, call())).toMatchObject({
      status: 401,
      body: { error: { details: [{ reason: 'token-revoked' }] } },
    });
  });

  it('lets nobody guess for long', async () => {
    const guess = () => ring(app.admin, telephony, body, { signature: sign('svs_guess', now(), body) });
    const answers: number[] = [];
    for (let i = 0; i < 300 && !answers.includes(429); i++) answers.push((await guess()).status);
    expect(new Set(answers)).toEqual(new Set([401, 429]));
  });
});

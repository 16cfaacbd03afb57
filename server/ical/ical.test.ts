import { newId } from '@svodka/shared/contracts/id';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { type IcalEntry, ical } from './ical.ts';

/** As programs read it: unfolded lines, and the entries by their UID. */
function read(text: string): Map<string, string[]> {
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  const entries = new Map<string, string[]>();
  for (let at = lines.indexOf('BEGIN:VEVENT'); at >= 0; at = lines.indexOf('BEGIN:VEVENT', at + 1)) {
    const entry = lines.slice(at + 1, lines.indexOf('END:VEVENT', at));
    entries.set(entry.find((line) => line.startsWith('UID:'))?.slice(4) ?? '', entry);
  }
  return entries;
}

describe(ical, () => {
  const now = new Date('2026-11-27T09:00:00Z');
  const entry: IcalEntry = {
    uid: 'one@svodka',
    summary: 'Прислать расчёт; до обеда, \\ или раньше\nвторая строка\u0007',
    description: 'ы'.repeat(200),
    location: '',
    url: 'https://svodka.example/events/1',
    on: '2026-12-31',
    until: '2026-12-31',
  };

  it('folds lines at 75 octets and cuts no character in two', () => {
    const text = ical('Сводка', 'Europe/Moscow', [entry], now);
    const lines = text.split('\r\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(read(text).get('one@svodka')).toContain(`DESCRIPTION:${'ы'.repeat(200)}`);
  });

  it('writes signs of the format as text, whole days with the day after, and instants in UTC', () => {
    const at = new Date('2026-12-03T15:00:00Z');
    const { on: _, until: _until, ...rest } = entry as Extract<IcalEntry, { on: string }>;
    const entries = read(ical('Сводка', 'Europe/Moscow', [entry, { ...rest, uid: 'two@svodka', at }], now));
    expect(entries.get('one@svodka')).toEqual(
      expect.arrayContaining([
        'SUMMARY:Прислать расчёт\\; до обеда\\, \\\\ или раньше\\nвторая строка',
        'DTSTART;VALUE=DATE:20261231',
        'DTEND;VALUE=DATE:20270101',
      ]),
    );
    expect(entries.get('two@svodka')).toContain('DTSTART:20261203T150000Z');
  });
});

describe('the calendar of a person', () => {
  let app: TestApp;
  let manager: Awaited<ReturnType<TestApp['signIn']>>;
  let dispatcher: typeof manager;
  const day = daysAfter(dayIn('Europe/Moscow', new Date()), 5);
  const link = async (person: typeof manager) =>
    new URL((await person.post<{ url: string }>('/api/session/calendar', {})).url).pathname;
  const fetched = async (path: string) => {
    const answer = await fetch(app.url + path);
    return { answer, entries: read(await answer.text()) };
  };

  beforeAll(async () => {
    app = await createTestApp();
    [manager, dispatcher] = await Promise.all([
      app.signIn({ roles: ['manager'] }),
      app.signIn({ roles: ['dispatcher'] }),
    ]);
  });
  afterAll(() => app?.close());

  it('holds their deadlines, milestones and installations, and nothing of others', async () => {
    const order = await makeProject(dispatcher, {
      managerId: manager.user.id,
      objectAddress: 'ул. Садовая, 5',
    });
    const due = { local: day };
    const asked = await makeEvent(dispatcher, { type: 'customer.request', projectId: order.id, due });
    const timed = await makeEvent(manager, { due: { local: `${day}T18:00`, zone: 'Europe/Moscow' } });
    const strange = await makeEvent(dispatcher, { type: 'customer.request', due });
    await makeEvent(dispatcher, { type: 'work.planned', projectId: order.id, payload: { startOn: day } });
    const path = await link(manager);
    const entries = await until(
      async () => {
        const { entries: found } = await fetched(path);
        return found.has(`${order.id}.prepay@svodka`) && found;
      },
      { what: 'the milestones of the order are in the calendar' },
    );
    expect(entries.get(`${asked.id}@svodka`)).toContain(`DTSTART;VALUE=DATE:${day.replaceAll('-', '')}`);
    expect(entries.get(`${timed.id}@svodka`)).toContain(`DTSTART:${day.replaceAll('-', '')}T150000Z`);
    expect(entries.get(`${order.id}.1@svodka`)).toContain('LOCATION:ул. Садовая\\, 5');
    expect(entries.has(`${strange.id}@svodka`)).toBe(false);
    // What the dispatcher reads is everything; what is theirs is what they wrote.
    const { answer, entries: others } = await fetched(await link(dispatcher));
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect([others.has(`${strange.id}@svodka`), others.has(`${timed.id}@svodka`)]).toEqual([true, false]);
  });

  it('ends with «sign out everywhere» and with a new password, and not with a new role', async () => {
    const person = await app.signIn({ roles: ['manager'] });
    const status = async (path: string) => (await fetched(path)).answer.status;
    const ended = async (end: () => Promise<unknown>) => {
      const path = await link(person);
      expect(await status(path)).toBe(200);
      await end();
      return status(path);
    };
    const again = () => person.signIn(person.user.login, person.password);
    const roles = ['manager', 'orders'];
    expect(await ended(() => app.admin.patch(`/api/users/${person.user.id}`, { roles }))).toBe(200);
    await again();
    expect(await ended(() => person.delete('/api/sessions'))).toBe(404);
    await again();
    const password = 'plain-lantern-42';
    const change = { current: person.password, password };
    expect(await ended(() => person.post('/api/session/password', change))).toBe(404);
    expect(await person.get('/api/session/calendar')).toEqual({ madeAt: null });
    const reset = { password: person.password };
    expect(await ended(() => app.admin.post(`/api/users/${person.user.id}/password`, reset))).toBe(404);
  });

  it('is open to one link at a time, kept as a hash, until it is revoked or its owner may sign in no more', async () => {
    const person = await app.signIn({ roles: ['manager'] });
    const status = async (path: string) => (await fetched(path)).answer.status;
    const first = await link(person);
    expect(await status(first)).toBe(200);
    const second = await link(person);
    expect([await status(first), await status(second)]).toEqual([404, 200]);
    const users = app.connection.collection<{ _id: string }>('users');
    const token = /ical\/(.*)\.ics/.exec(second)?.[1] ?? '?';
    expect(JSON.stringify(await users.findOne({ _id: person.user.id }))).not.toContain(token);
    await person.delete('/api/session/calendar');
    expect(await status(second)).toBe(404);
    const third = await link(person);
    await app.admin.patch(`/api/users/${person.user.id}`, { disabled: true });
    expect(await status(third)).toBe(404);
    for (const wrong of [newId(), 'x'.repeat(43), '$ne', ''])
      expect(await status(`/ical/${wrong}`)).toBe(404);
    expect((await fetch(`${app.url}${third}`, { method: 'POST' })).status).toBe(405);
  });

  it('is open beside any number of wrong ones from the same address', async () => {
    const path = await link(await app.signIn({ roles: ['manager'] }));
    const wrong = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${app.url}/ical/${'x'.repeat(43)}.ics`)),
    );
    expect(wrong.map(({ status }) => status)).toContain(429);
    expect((await fetched(path)).answer.status).toBe(200);
  });
});

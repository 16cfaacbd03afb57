import type { Comment } from '@svodka/shared/contracts/comment';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import fc from 'fast-check';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Method } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Answered = { event: SvodkaEvent };
type Sent = { method: Method; path: string; body?: unknown; headers: Record<string, string> };

const clock = new FakeClock();
let app: TestApp;
let writer: Person;
let other: Person;

beforeAll(async () => {
  app = await createTestApp({ clock });
  writer = await app.signIn({ roles: ['dispatcher'] });
  other = await app.signIn({ roles: ['dispatcher'] });
});
afterAll(() => app?.close());

const send = <T>({ method, path, body, headers }: Sent, who = writer) =>
  who.send<T>(method, path, body, headers);
const revisionsOf = async (id: string) =>
  (await writer.get<{ items: Revision[] }>(`/api/events/${id}/revisions`)).items;

/** What may be asked of an event in a state, each with an effect. */
function asked(event: SvodkaEvent, kind: 'edit' | 'status' | 'removal', serial: number): Sent {
  const path = `/api/events/${event.id}`;
  const headers = { 'Idempotency-Key': newId() };
  if (event.deletedAt) return { method: 'POST', path: `${path}/restore`, headers };
  if (kind === 'removal') return { method: 'DELETE', path, headers };
  if (kind === 'status')
    return { method: 'POST', path: `${path}/${event.status === 'resolved' ? 'reopen' : 'resolve'}`, headers };
  return {
    method: 'PATCH',
    path,
    body: { title: `Слово ${serial}` },
    headers: { ...headers, 'If-Match': String(event.rev) },
  };
}

describe('a request that is sent again', () => {
  it('makes one revision each, however often, how late and between what others do it comes', async () => {
    const step = fc.record({
      kind: fc.constantFrom('edit', 'edit', 'status', 'removal'),
      copies: fc.integer({ min: 1, max: 3 }),
      /** An answer that nobody heard: the same again some steps later. */
      lost: fc.nat({ max: 20 }),
      othersEdit: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        let event = await makeEvent(writer, { title: 'Начало' });
        const done: Sent[] = [];
        let made = 0;
        for (const [i, { kind, copies, lost, othersEdit }] of steps.entries()) {
          const request = asked(event, kind as 'edit', i);
          const answers = await Promise.all(Array.from({ length: copies }, () => send<Answered>(request)));
          expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
          made++;
          done.push(request);
          event = answers[0]?.body.event ?? event;
          if (othersEdit && !event.deletedAt) {
            event = (
              await other.patch<Answered>(
                `/api/events/${event.id}`,
                { body: `Другое ${i}` },
                { 'If-Match': String(event.rev) },
              )
            ).event;
            made++;
          }
          const again = done[lost];
          if (again) {
            const repeated = await send<Answered>(again);
            expect(repeated.status).toBe(200);
            expect(repeated.body.event).toMatchObject({ rev: event.rev, title: event.title });
          }
        }
        if (event.deletedAt) event = (await send<Answered>(asked(event, 'removal', 0))).body.event;
        const rev = (await writer.get<Answered>(`/api/events/${event.id}`)).event.rev;
        const revisions = await revisionsOf(event.id);
        expect(revisions).toHaveLength(rev - 1);
        expect(revisions.length - made).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
  });

  it('is refused when the key stands for something else, and means nothing to anybody else', async () => {
    const event = await makeEvent(writer);
    const headers = { 'Idempotency-Key': 'mine', 'If-Match': '1' };
    const path = `/api/events/${event.id}`;
    expect((await writer.send('PATCH', path, { title: 'Раз' }, headers)).status).toBe(200);
    expect(await writer.send('PATCH', path, { title: 'Два' }, headers)).toMatchObject({
      status: 409,
      error: { code: 'conflict', details: [{ field: 'Idempotency-Key', reason: 'taken' }] },
    });
    expect((await other.send('PATCH', path, { title: 'Раз' }, headers)).status).toBe(409);
    expect((await writer.send('DELETE', path, undefined, { 'Idempotency-Key': 'two words' })).status).toBe(
      400,
    );
  });

  it('is a new request after a week', async () => {
    const event = await makeEvent(writer);
    const request: Sent = {
      method: 'PATCH',
      path: `/api/events/${event.id}`,
      body: { title: 'Раз' },
      headers: { 'Idempotency-Key': newId(), 'If-Match': '1' },
    };
    expect((await send(request)).status).toBe(200);
    clock.advance(8 * 24 * 3_600_000);
    // The session is over by then, too.
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
    for (const who of [writer, other]) await who.signIn(who.user.login, who.password);
    expect((await send(request)).status).toBe(409);
  });

  it('says, writes and takes back a comment once', async () => {
    const event = await makeEvent(writer);
    const path = `/api/events/${event.id}/comments`;
    const once = (method: Method, to: string, body?: unknown) => {
      const headers = { 'Idempotency-Key': newId() };
      return Promise.all([1, 2, 3].map(() => writer.send<Comment>(method, to, body, headers)));
    };
    const said = await once('POST', path, { body: 'Когда замер?' });
    expect(said.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const id = said[0]?.body.id;
    const edited = await once('PATCH', `/api/comments/${id}`, { body: 'Когда монтаж?' });
    expect(edited.map(({ status, body }) => [status, body.version])).toEqual(edited.map(() => [200, 2]));
    const removed = await once('DELETE', `/api/comments/${id}`);
    expect(removed.map(({ status, body }) => [status, body.version])).toEqual(removed.map(() => [200, 3]));
    expect((await writer.get<{ items: Comment[] }>(path)).items).toHaveLength(1);
    const { event: now } = await writer.get<Answered>(`/api/events/${event.id}`);
    expect(now.counters.comments).toBe(0);
  });
});

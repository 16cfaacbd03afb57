// What is kept of each change is enough to say what an event was at any moment, and to take the last change back.
import type { EventEdit, Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { asOf, type Shown, shownOf } from '@svodka/shared/rules/history';
import { UNDO_MS } from '@svodka/shared/rules/undo';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';
import { until } from '../../test/support/until.ts';

// Still to come: the store forgets sessions by its own clock.
const clock = new FakeClock('2037-11-24T09:00:00Z');
let app: TestApp;
let anna: Awaited<ReturnType<TestApp['signIn']>>;
let vera: typeof anna;

beforeAll(async () => {
  app = await createTestApp({ clock });
  anna = await app.signIn({ roles: ['dispatcher'] });
  vera = await app.signIn({ roles: ['dispatcher'] });
}, 60_000);
afterAll(() => app?.close());

const path = (event: { id: string }, rest = '') => `/api/events/${event.id}${rest && `/${rest}`}`;
const read = async (event: { id: string }) => (await anna.get<{ event: SvodkaEvent }>(path(event))).event;
const revisionsOf = async (event: { id: string }) =>
  (await anna.get<{ items: Revision[] }>(path(event, 'revisions'))).items;
const edit = (event: SvodkaEvent, body: EventEdit, who = anna) =>
  who.patch<{ event: SvodkaEvent }>(path(event), body, { 'If-Match': `"${event.rev}"` });
const turn = (event: SvodkaEvent, what: string, body: object = {}) => anna.post(path(event, what), body);
const undo = (event: SvodkaEvent, who = anna, headers = {}) =>
  who.send('POST', path(event, 'undo'), undefined, headers);

/** What of it a person has said; the rest follows, or counts. */
const said = (shown: Shown) => {
  const { version, rev, dueState, resolved, counters, ...rest } = shown;
  return rest;
};

describe('an event at a moment', () => {
  const seed = Date.now() % 100_000;
  it(`is what it was then, after any changes, and undo leads one step back (seed ${seed})`, async () => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const customer = await makeCounterparty(app.admin);
    const others = [customer.id, (await makeCounterparty(app.admin)).id];
    const orders = [
      null,
      (await makeProject(app.admin, { counterpartyId: customer.id })).id,
      (await makeProject(app.admin)).id,
    ];
    for (let events = 0; events < 4; events++) {
      clock.advance(1_000);
      const event = await makeEvent(anna, {
        type: pick(['call.promise', 'payment.overdue', 'item.arrived']),
        payload: {},
        ...(random() < 0.5 && { due: { local: '2037-11-30' } }),
      }).catch(() => makeEvent(anna, { type: 'complaint.opened', body: 'Скрипит' }));
      const states = [{ at: clock.now(), shown: shownOf(event) }];
      for (let step = 0; step < 14; step++) {
        clock.advance(1_000 + Math.floor(random() * 60_000));
        const now = await read(event);
        const change = pick<() => Promise<unknown>>([
          () => edit(now, { title: `Название ${step}` }),
          () => edit(now, { body: `Слова ${step}`, importance: pick(['normal', 'high', 'critical']) }),
          () =>
            edit(now, {
              due: pick([null, { local: `2037-12-${10 + step}` }, { at: '2037-12-01T10:00:00Z' }]),
            }),
          () => edit(now, { projectId: pick(orders), counterpartyIds: pick([[], others, [customer.id]]) }),
          () => edit(now, { payload: { fields: { [pick(['a', 'b'])]: step } } }),
          () =>
            edit(now, { visibility: pick(['public', 'internal']), occurredAt: '2037-11-23T10:00:00.000Z' }),
          () => turn(now, pick(['claim', 'release', 'resolve', 'reopen', 'wake'])),
          () => turn(now, 'snooze', { until: new Date(clock.now().getTime() + 86_400_000).toISOString() }),
        ]);
        await change().catch(() => undefined);
        const after = await read(event);
        if (after.rev > now.rev && random() < 0.3) {
          expect([seed, step, (await undo(after)).status]).toEqual([seed, step, 200]);
          expect(said(shownOf(await read(event)))).toEqual(said(shownOf(now)));
        }
        states.push({ at: clock.now(), shown: shownOf(await read(event)) });
      }
      const [last, revisions] = [await read(event), await revisionsOf(event)];
      expect(asOf(last, revisions, new Date(Date.parse(last.recordedAt) - 1))).toBe('unborn');
      for (const { at, shown } of states) {
        const was = asOf(last, revisions, at);
        expect([seed, said(was as Shown)]).toEqual([seed, said(shown)]);
      }
    }
  }, 120_000);

  it('is not known before what is kept of its history', async () => {
    const event = await makeEvent(anna);
    clock.advance(1_000);
    const { event: last } = await edit(event, { title: 'Раз' });
    const kept = (await revisionsOf(event)).map((revision) => ({ ...revision, rev: 60 }));
    expect(asOf({ ...last, rev: 60 }, kept, new Date(event.recordedAt))).toBe('forgotten');
  });

  it('was put off until its time had come, though nobody writes down that it is back', async () => {
    const event = await makeEvent(anna, { type: 'customer.request', body: 'Когда?' });
    const end = new Date(clock.now().getTime() + 3_600_000);
    await turn(event, 'snooze', { until: end.toISOString() });
    const off = clock.now();
    const revisions = await revisionsOf(event);
    const back = { ...(await read(event)), status: 'open' as const, snooze: null };
    expect(asOf(back, revisions, off)).toMatchObject({ status: 'snoozed' });
    expect(asOf(back, revisions, end)).toMatchObject({ status: 'open' });
    clock.advance(2 * 3_600_000);
    const again = new Date(clock.now().getTime() + 3_600_000).toISOString();
    await turn(event, 'snooze', { until: again });
    expect(asOf(await read(event), await revisionsOf(event), off)).toMatchObject({ status: 'snoozed' });
  });
});

describe('undo of one’s own last change', () => {
  const reason = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    const { error } = body as { error?: { details?: { reason: string }[] } };
    return [status, error?.details?.[0]?.reason];
  };

  it('is once for one key, though the undo is by then the last change', async () => {
    const event = await makeEvent(anna, { title: 'Было' });
    const { event: changed } = await edit(event, { title: 'Стало' });
    const headers = { 'Idempotency-Key': newId(), 'If-Match': `"${changed.rev}"` };
    for (let times = 0; times < 2; times++) {
      expect((await undo(event, anna, headers)).status).toBe(200);
      expect(await read(event)).toMatchObject({ title: 'Было', rev: 3 });
    }
    const { items } = await anna.get<{ items: Revision[] }>(`${path(event)}/revisions`);
    expect(items.map(({ rev, isUndo }) => [rev, isUndo])).toEqual([
      [3, true],
      [2, undefined],
    ]);
    await edit(await read(event), { importance: 'high' }, vera);
    expect((await undo(event, anna, headers)).status).toBe(200);
    expect(await read(event)).toMatchObject({ title: 'Было', importance: 'high', rev: 4 });
  });

  it('is refused to somebody else, after somebody else, and after ten minutes', async () => {
    const event = await makeEvent(anna);
    const { event: mine } = await edit(event, { title: 'Моё' });
    expect(await reason(undo(event, vera))).toEqual([409, 'changed-since']);
    const { event: built } = await edit(mine, { importance: 'high' }, vera);
    expect(await reason(undo(event))).toEqual([409, 'changed-since']);
    await edit(built, { title: 'Снова моё' });
    clock.advance(UNDO_MS + 1);
    expect(await reason(undo(event))).toEqual([400, 'too-late']);
    expect((await read(event)).title).toBe('Снова моё');
  });

  it('brings back what was deleted, and finds it by its words again', async () => {
    const event = await makeEvent(anna, { title: 'Подоконник треснул' });
    await edit(event, { title: 'Иное' });
    expect((await undo(event)).status).toBe(200);
    await anna.delete(path(event));
    expect((await undo(event)).status).toBe(200);
    const found = await anna.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent('"подоконник"')}`,
    );
    expect(found.items.map(({ id }) => id)).toContain(event.id);
  });

  it('brings back what was put off until something came, if that has come meanwhile', async () => {
    const { id: projectId } = await makeProject(app.admin);
    const event = await makeEvent(anna, { type: 'production.delayed', projectId });
    await turn(event, 'snooze', { type: 'material.received' });
    clock.advance(1_000);
    await turn(event, 'claim');
    clock.advance(1_000);
    await makeEvent(anna, { type: 'material.received', projectId });
    clock.advance(1_000);
    expect((await undo(event)).status).toBe(200);
    await until(async () => (await read(event)).status === 'open');
    expect((await read(event)).claim).toBeNull();
  });

  it('leaves files to be taken off and put back by themselves', async () => {
    const event = await makeEvent(anna);
    await app.connection.db?.collection<{ _id: string }>('events').updateOne({ _id: event.id }, {
      $set: { rev: 2 },
      $push: {
        revisions: {
          rev: 2,
          at: clock.now(),
          by: anna.user.id,
          changes: { attachments: { from: [], to: ['a.jpg'] } },
        },
      },
    } as object);
    expect(await reason(undo(event))).toEqual([400, 'not-undone']);
  });
});

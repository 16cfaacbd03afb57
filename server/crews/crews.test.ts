import type { Crew } from '@svodka/shared/contracts/crews';
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { nextSerial } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

let app: TestApp;
let dispatcher: Person;
let measurer: Person;

beforeAll(async () => {
  app = await createTestApp();
  [dispatcher, measurer] = await Promise.all([
    app.signIn({ roles: ['dispatcher'] }),
    app.signIn({ roles: ['measurer'] }),
  ]);
});
afterAll(() => app?.close());

const make = (crew: Partial<Crew> = {}) =>
  dispatcher.post<Crew>('/api/crews', { name: `Бригада ${nextSerial()}`, ...crew });

describe('crews', () => {
  it('are made with members, days, capacity and absences, and listed by name', async () => {
    const absences = [
      { from: '2026-12-20', to: '2026-12-31', note: 'отпуск' },
      { from: '2026-05-01', to: '2026-05-03' },
    ];
    const made = await make({
      name: 'Аврора',
      memberIds: [measurer.user.id, measurer.user.id],
      memberNames: ['Степан Р.'],
      workDays: [6, 1, 2],
      capacity: 2,
      absences,
    });
    expect(made).toMatchObject({
      memberIds: [measurer.user.id],
      workDays: [1, 2, 6],
      absences: [absences[1], absences[0]],
      isActive: true,
      version: 1,
    });
    const page = await measurer.get<{ items: Crew[]; refs: { users: { id: string }[] } }>('/api/crews');
    expect(page.items[0]).toEqual(made);
    expect(page.refs.users.map(({ id }) => id)).toContain(measurer.user.id);
  });

  it('have names of their own, whatever their case', async () => {
    await make({ name: 'Берёза' });
    const taken = await dispatcher.send('POST', '/api/crews', { name: 'береза' });
    expect(taken).toMatchObject({ status: 409, error: { details: [{ field: 'name', reason: 'taken' }] } });
    const other = await make();
    const renamed = await dispatcher.send('PATCH', `/api/crews/${other.id}`, { name: 'БЕРЁЗА' });
    expect(renamed).toMatchObject({ status: 409, error: { details: [{ field: 'name', reason: 'taken' }] } });
  });

  it('are guarded by their version: one of two edits is refused and shown what the other made', async () => {
    const crew = await make();
    const edit = (capacity: number) =>
      dispatcher.send('PATCH', `/api/crews/${crew.id}`, { capacity }, { 'If-Match': '1' });
    const answers = await Promise.all([edit(3), edit(4)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.error).toMatchObject({ current: { id: crew.id, version: 2 } });
  });

  it.each([
    [{ workDays: [] }, 'workDays'],
    [{ workDays: [8] }, 'workDays.0'],
    [{ capacity: 0 }, 'capacity'],
    [{ absences: [{ from: '2026-12-20', to: '2026-12-19' }] }, 'absences.0.to'],
    [{ absences: [{ from: '1026-12-20', to: '2026-12-19' }] }, 'absences.0.from'],
    [{ memberIds: [newId()] }, 'memberIds'],
  ])('refuse %j', async (wrong, field) => {
    const { status, error } = await dispatcher.send('POST', '/api/crews', { name: 'Никакая', ...wrong });
    expect({ status, fields: error?.details?.map((each) => each.field) }).toMatchObject({
      status: 400,
      fields: expect.arrayContaining([field]),
    });
  });

  it('tell everybody what becomes of them, and the access log who changed what', async () => {
    const socket = await TestSocket.connect(measurer);
    const crew = await make({ name: 'Вега' });
    await dispatcher.patch(`/api/crews/${crew.id}`, { isActive: false }, { 'If-Match': '1' });
    await until(() =>
      socket.facts.some(
        ({ name, value }) => name === 'crew.changed' && value.id === crew.id && !value.isActive,
      ),
    );
    const history = () =>
      measurer.get<{ items: { what: string; who: string; details: object }[] }>(
        `/api/crews/${crew.id}/history`,
      );
    await until(async () => (await history()).items.length === 2);
    expect((await history()).items).toMatchObject([
      { what: 'crew.changed', who: dispatcher.user.id, details: { fields: ['isActive'] } },
      { what: 'crew.created', who: dispatcher.user.id },
    ]);
    socket.raw.disconnect();
  });
});

// Who sees and changes which events, over REST, role by role.
import type { Page } from '@svodka/shared/contracts/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Role } from '@svodka/shared/contracts/user';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { eventDraft, makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
const ROLES: Role[] = ['administrator', 'dispatcher', 'manager', 'finance', 'orders', 'measurer'];

let app: TestApp;
let people: Record<Role, Person>;
let colleague: Person;
let events: Record<string, SvodkaEvent>;

beforeAll(async () => {
  app = await createTestApp();
  people = {} as Record<Role, Person>;
  for (const role of ROLES) people[role] = await app.signIn({ roles: [role] });
  colleague = await app.signIn({ roles: ['manager'] });
  const { dispatcher, manager, measurer } = people;
  const project = await makeProject(dispatcher, {
    managerId: manager.user.id,
    appointedIds: [measurer.user.id],
  });
  const foreign = await makeProject(dispatcher, { managerId: colleague.user.id });
  const counterparty = await makeCounterparty(dispatcher, { managerId: manager.user.id });
  const north = await app.signIn({ roles: ['dispatcher'], departmentId: 'north' });
  events = {
    'on the manager’s project': await makeEvent(dispatcher, {
      type: 'production.launched',
      projectId: project.id,
    }),
    'on a foreign project': await makeEvent(dispatcher, {
      type: 'production.launched',
      projectId: foreign.id,
    }),
    'of the manager’s counterparty': await makeEvent(dispatcher, { counterpartyIds: [counterparty.id] }),
    'of the manager’s counterparty, on a foreign project': await makeEvent(dispatcher, {
      counterpartyIds: [counterparty.id],
      projectId: foreign.id,
    }),
    'a payment': await makeEvent(dispatcher, { type: 'payment.received', payload: { amountKop: 100 } }),
    'a contract': await makeEvent(dispatcher, { type: 'contract.signed' }),
    'a measurement': await makeEvent(dispatcher, { type: 'measure.done' }),
    'of another department only': await makeEvent(north, {
      type: 'payment.received',
      payload: { amountKop: 1 },
      visibility: 'department',
      projectId: project.id,
    }),
    'written by finance': await makeEvent(people.finance, {}),
  };
});
afterAll(() => app?.close());

const SEEN: Record<Role, string[] | 'all'> = {
  administrator: 'all',
  dispatcher: 'all',
  manager: ['on the manager’s project', 'of the manager’s counterparty'],
  finance: ['a payment', 'written by finance'],
  orders: ['a contract'],
  measurer: ['on the manager’s project', 'a measurement'],
};

describe.each(ROLES)('%s', (role) => {
  it('sees exactly what the role may see, in lists, counts and one by one', async () => {
    const who = people[role];
    const names = Object.keys(events);
    const expected = SEEN[role] === 'all' ? names : SEEN[role];
    const { items } = await who.get<Page<SvodkaEvent>>('/api/events?limit=200');
    const byId = new Map(Object.entries(events).map(([name, { id }]) => [id, name]));
    expect(items.map(({ id }) => byId.get(id)).sort()).toEqual([...expected].sort());
    expect(await who.get('/api/events/count')).toEqual({ n: expected.length, exact: true });
    for (const [name, { id }] of Object.entries(events)) {
      const status = expected.includes(name) ? 200 : 404;
      for (const path of ['', '/revisions', '/comments'])
        expect([name, path, (await who.send('GET', `/api/events/${id}${path}`)).status]).toEqual([
          name,
          path,
          status,
        ]);
    }
  });

  it('cannot touch what is out of sight, and is told the same as of what does not exist', async () => {
    const who = people[role];
    if (SEEN[role] === 'all') return;
    const id = events['on a foreign project']?.id ?? '';
    const answers = [
      await who.send('PATCH', `/api/events/${id}`, { title: 'x' }, { 'If-Match': '1' }),
      await who.send('POST', `/api/events/${id}/resolve`, {}),
      await who.send('DELETE', `/api/events/${id}`),
      await who.send('POST', `/api/events/${id}/restore`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe('writing', () => {
  const TYPES: EventType[] = [
    'payment.received',
    'contract.signed',
    'measure.done',
    'install.done',
    'note.free',
  ];
  const MAY: Record<Role, EventType[]> = {
    administrator: TYPES,
    dispatcher: TYPES,
    manager: TYPES.filter((type) => type !== 'payment.received'),
    finance: ['payment.received', 'note.free'],
    orders: ['contract.signed', 'note.free'],
    measurer: ['measure.done', 'note.free'],
  };

  it.each(ROLES)('is for the modules of one’s role: %s', async (role) => {
    for (const type of TYPES) {
      const payload = type === 'payment.received' ? { amountKop: 100 } : {};
      const { status } = await people[role].send('POST', '/api/events', eventDraft({ type, payload }));
      expect([type, status]).toEqual([type, MAY[role].includes(type) ? 201 : 403]);
    }
  });

  it('over an event that one sees but may not change is 403', async () => {
    const event = events['on the manager’s project'];
    const answer = await people.measurer.send(
      'PATCH',
      `/api/events/${event?.id}`,
      { title: 'x' },
      { 'If-Match': '1' },
    );
    expect([answer.status, answer.error?.code]).toEqual([403, 'forbidden']);
  });

  it('refuses a project that the writer does not see, as if it did not exist', async () => {
    const foreign = events['on a foreign project']?.projectId ?? null;
    const answer = await people.manager.send('POST', '/api/events', eventDraft({ projectId: foreign }));
    expect(answer.error?.details).toMatchObject([{ field: 'projectId', reason: 'unknown-project' }]);
  });

  it('refuses to hide an event from its own writer, who is of no department', async () => {
    const refusal = [{ field: 'visibility', reason: 'no-department' }];
    const hidden = { visibility: 'department' as const };
    const created = await people.orders.send('POST', '/api/events', eventDraft(hidden));
    expect(created.error?.details).toMatchObject(refusal);
    const own = await makeEvent(people.orders, {});
    const edited = await people.orders.send('PATCH', `/api/events/${own.id}`, hidden, { 'If-Match': '1' });
    expect(edited.error?.details).toMatchObject(refusal);
  });
});

describe('roles', () => {
  it('take effect with the next request', async () => {
    const person = await app.signIn({ roles: ['finance'] });
    const contract = events['a contract']?.id ?? '';
    expect((await person.send('GET', `/api/events/${contract}`)).status).toBe(404);
    await app.admin.patch(`/api/users/${person.user.id}`, { roles: ['orders'] });
    expect((await person.send('GET', `/api/events/${contract}`)).status).toBe(401);
    await person.signIn(person.user.login, person.password);
    expect((await person.send('GET', `/api/events/${contract}`)).status).toBe(200);
    expect((await person.send('GET', `/api/events/${events['a payment']?.id}`)).status).toBe(404);
  });
});

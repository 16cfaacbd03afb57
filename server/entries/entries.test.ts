import type { Page } from '@svodka/shared/contracts/common';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { CounterpartyImporter } from '../counterparties/counterparty-importer.service.ts';
import { spelled } from '../orders/projects/order-spellings.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectImporter } from '../orders/projects/project-importer.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type List<T> = Page<T> & { refs: Refs };

let app: TestApp;
let dispatcher: Person;
let manager: Person;
let other: Person;

beforeAll(async () => {
  app = await createTestApp();
  [dispatcher, manager, other] = await Promise.all([
    app.signIn({ roles: ['dispatcher'] }),
    app.signIn({ roles: ['manager'] }),
    app.signIn({ roles: ['manager'] }),
  ]);
});
afterAll(() => app?.close());

const read = (client: Client, id: string) => client.send<{ event: SvodkaEvent }>('GET', `/api/events/${id}`);

describe('counterparties', () => {
  it('get a number of their own, each a different one', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => makeCounterparty(dispatcher)));
    const numbers = made.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(12);
    for (const number of numbers) expect(number).toMatch(/^C-\d{4}$/);
  });

  it('are found by the beginning of name, number, phone, INN and mailbox', async () => {
    const counterparty = await makeCounterparty(dispatcher, {
      name: 'Семёнова Алёна Игоревна',
      phones: ['+7 (916) 555-12-34'],
      inn: '7701234560',
      emails: ['alyona@example.com'],
    });
    expect(counterparty.phones).toEqual(['+79165551234']);
    for (const search of [
      'семен',
      'алена сем',
      counterparty.number,
      '79165',
      '9165551',
      '5551234',
      '77012',
      'alyona',
    ]) {
      const { items } = await dispatcher.get<List<Counterparty>>(
        `/api/counterparties?search=${encodeURIComponent(search)}`,
      );
      expect([search, items.map(({ id }) => id)]).toEqual([
        search,
        expect.arrayContaining([counterparty.id]),
      ]);
    }
    const { items } = await dispatcher.get<List<Counterparty>>('/api/counterparties?search=.*');
    expect(items.length).toBeGreaterThan(0); // no word in it: no condition, and no expression for the store either
  });

  it('take an address of e-mail as people write it, also of a domain in Cyrillic', async () => {
    const emails = ['info@Окна.рф', 'info@xn--80atjc.xn--p1ai', 'Иван <ivan@b.ru>', ' Anna@B.ru '];
    const made = await makeCounterparty(dispatcher, { emails });
    expect(made.emails).toEqual(['info@окна.рф', 'info@xn--80atjc.xn--p1ai', 'ivan@b.ru', 'anna@b.ru']);
    const again = await dispatcher.patch<Counterparty>(`/api/counterparties/${made.id}`, {
      emails: made.emails,
    });
    expect(again.emails).toEqual(made.emails);
  });

  it('name the field that is wrong', async () => {
    const answer = await dispatcher.send('POST', '/api/counterparties', {
      name: ' ',
      inn: '12',
      phones: ['звонить вечером'],
      emails: ['a@b, c@d'],
    });
    expect(answer.error?.details).toMatchObject([
      { field: 'name', reason: 'empty' },
      { field: 'inn', reason: 'inn' },
      { field: 'phones.0', reason: 'phone' },
      { field: 'emails.0', reason: 'email' },
    ]);
  });

  it('belong to the manager who enters them, and other managers do not see them', async () => {
    const own = await makeCounterparty(manager);
    expect(own.managerId).toBe(manager.user.id);
    expect((await other.send('GET', `/api/counterparties/${own.id}`)).status).toBe(404);
    const { items } = await other.get<List<Counterparty>>('/api/counterparties?limit=200');
    expect(items.map(({ id }) => id)).not.toContain(own.id);
  });
});

describe('projects', () => {
  it('answer with the names of what they name', async () => {
    const counterparty = await makeCounterparty(dispatcher);
    const project = await makeProject(dispatcher, {
      counterpartyId: counterparty.id,
      managerId: manager.user.id,
      appointedIds: [other.user.id, other.user.id],
      amountKop: 26_300_000_00,
    });
    expect(project).toMatchObject({
      appointedIds: [other.user.id],
      tz: 'Europe/Moscow',
      status: 'request',
      version: 1,
    });
    const { items, refs } = await dispatcher.get<List<Project>>(`/api/projects?ids=${project.id}`);
    expect(items).toEqual([project]);
    expect(refs.counterparties).toMatchObject([{ id: counterparty.id }]);
    expect(refs.users.map(({ id }) => id).sort()).toEqual([manager.user.id, other.user.id].sort());
  });

  it('have different numbers, also when they change', async () => {
    const project = await makeProject(dispatcher);
    const taken = await dispatcher.send('POST', '/api/projects', { number: project.number });
    expect([taken.status, taken.error?.details]).toEqual([
      409,
      [expect.objectContaining({ field: 'number', reason: 'taken' })],
    ]);
    const second = await makeProject(dispatcher);
    expect(
      (await dispatcher.send('PATCH', `/api/projects/${second.id}`, { number: project.number })).status,
    ).toBe(409);
  });

  it('are known by their number however it is written, and shown as it was written first', async () => {
    const serial = nextSerial();
    const project = await makeProject(dispatcher, { number: `ЗК-${serial}/1` });
    const second = await makeProject(dispatcher);
    const spellings = [
      `зк-${serial}/1`,
      `ЗК - ${serial} / 1`,
      `ЗK-${serial}/1`,
      `ЗК–${serial}/1`,
      `заказ № ЗК-${serial}/1`,
    ];
    for (const number of spellings) {
      const made = await dispatcher.send('POST', '/api/projects', { number });
      expect([number, made.status, made.error?.details]).toEqual([
        number,
        409,
        [expect.objectContaining({ field: 'number', reason: 'taken' })],
      ]);
      expect((await dispatcher.send('PATCH', `/api/projects/${second.id}`, { number })).status).toBe(409);
      const { items } = await dispatcher.get<List<Project>>(
        `/api/projects?search=${encodeURIComponent(number)}`,
      );
      expect([number, items[0]?.id]).toEqual([number, project.id]);
    }
    for (const number of [`ЗК-0${serial}/1`, `ЗК${serial}/1`])
      expect((await dispatcher.send('POST', '/api/projects', { number })).status).toBe(201);
    const again = await dispatcher.patch<Project>(`/api/projects/${project.id}`, {
      number: `зк-${serial}/1`,
    });
    expect(again.number).toBe(`зк-${serial}/1`);
  });

  it('are looked up by an index whichever way their number is written', async () => {
    const filter = spelled(['ЗК-1', 'зк-2']);
    const { executionStats, queryPlanner } = await app.connection
      .collection<ProjectDoc>('projects')
      .find(filter as never)
      .explain('executionStats');
    expect(JSON.stringify(queryPlanner)).toContain('numberKey');
    expect(JSON.stringify(queryPlanner)).not.toContain('COLLSCAN');
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(2);
  });

  it('are known by their number whether its sign is written before it or not', async () => {
    const project = await makeProject(dispatcher, { number: `№ 9${nextSerial()}` });
    expect(project.number).toMatch(/^9\d+$/);
    for (const sign of ['№ ', '№', 'N '])
      expect((await dispatcher.send('POST', '/api/projects', { number: sign + project.number })).status).toBe(
        409,
      );
    const second = await makeProject(dispatcher);
    const number = `№ ${project.number}`;
    expect((await dispatcher.send('PATCH', `/api/projects/${second.id}`, { number })).status).toBe(409);
    for (const typed of [`№ ${project.number}`, `N ${project.number}`]) {
      const { items } = await dispatcher.get<List<Project>>(
        `/api/projects?search=${encodeURIComponent(typed)}`,
      );
      expect(items[0]?.id).toBe(project.id);
    }
  });

  it('are made once when a create is repeated with its id', async () => {
    const body = { id: newId(), number: `R-${nextSerial()}` };
    const [first, again] = [
      await dispatcher.post<Project>('/api/projects', body),
      await dispatcher.post<Project>('/api/projects', body),
    ];
    expect(again).toEqual(first);
  });

  it('refuse people and counterparties that do not exist', async () => {
    const answer = await dispatcher.send('POST', '/api/projects', {
      number: `N-${nextSerial()}`,
      managerId: newId(),
    });
    expect(answer.error?.details).toMatchObject([{ field: 'managerId', reason: 'unknown-user' }]);
  });

  it('answer a stale version with 409 and the current state', async () => {
    const project = await makeProject(dispatcher);
    await dispatcher.patch(`/api/projects/${project.id}`, { objectAddress: 'Лесная, 3' });
    const late = await dispatcher.send(
      'PATCH',
      `/api/projects/${project.id}`,
      { note: 'x' },
      { 'If-Match': '1' },
    );
    expect([late.status, late.error?.current]).toEqual([
      409,
      expect.objectContaining({ objectAddress: 'Лесная, 3', version: 2 }),
    ]);
  });

  it('are seen by a manager where they manage or are appointed, and by staff all of them', async () => {
    const project = await makeProject(dispatcher, { managerId: manager.user.id });
    const finance = await app.signIn({ roles: ['finance'] });
    const statuses = await Promise.all(
      [manager, other, finance, dispatcher].map((who) => who.send('GET', `/api/projects/${project.id}`)),
    );
    expect(statuses.map(({ status }) => status)).toEqual([200, 404, 200, 200]);
    expect((await finance.send('PATCH', `/api/projects/${project.id}`, { note: 'x' })).status).toBe(403);
    expect((await other.send('PATCH', `/api/projects/${project.id}`, { note: 'x' })).status).toBe(404);
    await dispatcher.patch(`/api/projects/${project.id}`, { appointedIds: [other.user.id] });
    expect((await other.send('GET', `/api/projects/${project.id}`)).status).toBe(200);
  });

  it('belong to the manager who enters them', async () => {
    const project = await manager.post<Project>('/api/projects', { objectAddress: 'Мира, 4' });
    expect(project.number).toMatch(/^П-\d{4}$/);
    expect(project.managerId).toBe(manager.user.id);
    expect((await manager.send('GET', `/api/projects/${project.id}`)).status).toBe(200);
  });

  it('page newest first', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i++)
      made.unshift((await makeProject(dispatcher, { objectAddress: 'Постраничная' })).id);
    const seen: string[] = [];
    let after = '';
    do {
      const page: List<Project> = await dispatcher.get(
        `/api/projects?search=постранич&limit=3${after && `&after=${after}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? '';
    } while (after);
    expect([...seen].sort()).toEqual([...made].sort());
    expect(seen).toEqual([...seen].sort().reverse());
  });
});

describe('names by id', () => {
  it('are given of what one may see, and of people', async () => {
    const mine = await makeProject(dispatcher, { managerId: manager.user.id });
    const theirs = await makeProject(dispatcher, { managerId: other.user.id });
    const refs = await manager.get<Refs>(`/api/refs?projects=${mine.id},${theirs.id}&users=${other.user.id}`);
    expect(refs.projects.map(({ id }) => id)).toEqual([mine.id]);
    expect(refs.users).toEqual([{ id: other.user.id, name: other.user.name, disabled: false }]);
  });
});

describe('events follow', () => {
  const visible = (client: Client, id: string) => async () => (await read(client, id)).status === 200;
  const hidden = (client: Client, id: string) => async () => (await read(client, id)).status === 404;

  it('when the team of their project changes', async () => {
    const project = await makeProject(dispatcher, { managerId: manager.user.id });
    const event = await makeEvent(dispatcher, { projectId: project.id });
    expect((await read(manager, event.id)).status).toBe(200);
    expect((await read(other, event.id)).status).toBe(404);
    await dispatcher.patch(`/api/projects/${project.id}`, { managerId: other.user.id });
    await until(visible(other, event.id));
    await until(hidden(manager, event.id));
    const { body } = await read(dispatcher, event.id);
    expect(body.event).toMatchObject({ version: 2, rev: 1 });
  });

  it('when the counterparty of their project changes', async () => {
    const [first, second] = [await makeCounterparty(dispatcher), await makeCounterparty(dispatcher)];
    const project = await makeProject(dispatcher, { counterpartyId: first.id });
    const events = await Promise.all(
      Array.from({ length: 5 }, () => makeEvent(dispatcher, { projectId: project.id })),
    );
    await dispatcher.patch(`/api/projects/${project.id}`, { counterpartyId: second.id });
    for (const { id } of events)
      await until(async () => (await read(dispatcher, id)).body.event.counterpartyIds.join() === second.id);
  });

  it('when their project gets another number: they are found by the new one', async () => {
    const project = await makeProject(dispatcher, { number: `старый${nextSerial()}` });
    const event = await makeEvent(dispatcher, { projectId: project.id });
    await dispatcher.patch(`/api/projects/${project.id}`, { number: 'новейший77' });
    await until(async () => {
      const { items } = await dispatcher.get<Page<SvodkaEvent>>(
        `/api/events?filter=${encodeURIComponent('новейший77')}`,
      );
      return items.some(({ id }) => id === event.id);
    });
  });

  it('when their counterparty gets another manager, where they have no project', async () => {
    const counterparty = await makeCounterparty(dispatcher, { managerId: manager.user.id });
    const event = await makeEvent(dispatcher, { counterpartyIds: [counterparty.id] });
    expect((await read(manager, event.id)).status).toBe(200);
    await dispatcher.patch(`/api/counterparties/${counterparty.id}`, { managerId: other.user.id });
    await until(visible(other, event.id));
    await until(hidden(manager, event.id));
  });

  it('also after a crash between the change and its rewriting: the mark is found at the next look', async () => {
    const project = await makeProject(dispatcher, { managerId: manager.user.id });
    const event = await makeEvent(dispatcher, { projectId: project.id });
    const projects = app.connection.db?.collection<{ _id: string }>('projects');
    await projects?.updateOne(
      { _id: project.id },
      { $set: { managerId: other.user.id, rewrite: newId() }, $inc: { version: 1 } },
    );
    const { MembershipRewriter } = await import('../events/membership-rewriter.service.ts');
    await app.app.get(MembershipRewriter).run();
    expect((await read(other, event.id)).status).toBe(200);
    expect(await projects?.findOne({ _id: project.id })).not.toHaveProperty('rewrite');
  });
});

describe('imports', () => {
  const actor = () => ({ id: dispatcher.user.id, roles: ['dispatcher'] as const, departmentId: null });

  it('get the projects and counterparties that they name, made once', async () => {
    const projects = app.app.get(ProjectImporter);
    const known = await makeProject(dispatcher);
    const fresh = `I-${nextSerial()}`;
    const first = await projects.ensureMany(actor(), [known.number, fresh, fresh]);
    expect([first.created, first.ids.get(known.number)]).toEqual([1, known.id]);
    expect(await projects.ensureMany(actor(), [fresh, known.number])).toEqual({ created: 0, ids: first.ids });
    const spelledAnew = fresh.toLowerCase();
    expect(await projects.ensureMany(actor(), [spelledAnew])).toEqual({
      created: 0,
      ids: new Map([[spelledAnew, first.ids.get(fresh)]]),
    });
    const [one, other] = [`ЯК-${nextSerial()}`, `як – ${nextSerial() - 1}`];
    const { created, ids } = await projects.ensureMany(actor(), [one, other]);
    expect([created, ids.get(other)]).toEqual([1, ids.get(one)]);
    const counterparties = app.app.get(CounterpartyImporter);
    const people = await counterparties.ensureMany(actor(), ['Новый Заказчик', 'Другой Заказчик']);
    expect([people.created, people.ids.size]).toEqual([2, 2]);
    expect((await counterparties.ensureMany(actor(), ['Новый Заказчик'])).created).toBe(0);
    const spelled = ['ООО «Ясень»', 'Общество с ограниченной ответственностью «Ясень»', 'OOO Ясень'];
    const firms = await counterparties.ensureMany(actor(), spelled);
    expect([firms.created, new Set(firms.ids.values()).size]).toEqual([1, 1]);
    // Of another form it is another firm.
    const others = await counterparties.ensureMany(actor(), ['АО «Ясень»', 'ПАО «Ясень»', 'ЯСЕНЬ, АО']);
    expect([others.created, new Set(others.ids.values()).size]).toEqual([2, 2]);
    expect([...others.ids.values()]).not.toContain(firms.ids.get('OOO Ясень'));
  });
});

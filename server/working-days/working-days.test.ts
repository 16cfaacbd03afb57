// The working calendar that an administrator edits: whatever counts days counts by it, at once and after a restart.
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import type { WorkingDays } from '@svodka/shared/contracts/working-days';
import { CALENDAR_RU } from '@svodka/shared/rules/orders/calendar-ru';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { addWorkingDays, daysAfter } from '@svodka/shared/rules/orders/working-days';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';

/** Of where orders live. */
const TODAY = dayIn('Europe/Moscow', new Date());
const NONE = { off: [], working: [], short: [] };

describe('the working calendar', () => {
  let app: TestApp;
  const read = () => app.admin.get<WorkingDays>('/api/working-days');
  const of = async (year: number) => (await read()).years.find((each) => each.year === year);
  const set = async (year: number, days: object | null) =>
    app.admin.patch<WorkingDays>('/api/working-days', {
      year,
      days,
      version: (await of(year))?.version ?? 0,
    });

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  it('is as it was published, until somebody sets a year, and again when they give it back', async () => {
    expect(await of(2026)).toEqual({ year: 2026, ...CALENDAR_RU[2026], isOwn: false, version: 0 });
    expect(await of(2099)).toBeUndefined();
    // A Saturday is no day off besides; a shorter day off is not shorter.
    await set(2026, {
      off: ['06-12', '06-13', '06-12'],
      working: ['06-20', '06-15'],
      short: ['06-12', '06-11'],
    });
    expect(await of(2026)).toEqual({
      year: 2026,
      off: ['06-12'],
      working: ['06-20'],
      short: ['06-11'],
      isOwn: true,
      version: 1,
    });
    await set(2026, null);
    expect(await of(2026)).toEqual({ year: 2026, ...CALENDAR_RU[2026], isOwn: false, version: 2 });
  });

  it('sets a year of which nothing was published once more after it was given back', async () => {
    await set(2031, { ...NONE, off: ['01-02'] });
    await set(2031, null);
    expect(await of(2031)).toBeUndefined();
    await set(2031, { ...NONE, off: ['01-03'] });
    expect(await of(2031)).toMatchObject({ off: ['01-03'], isOwn: true });
  });

  it('is set by one of two at once, and the other sees what it is now', async () => {
    const { version = 0 } = (await of(2028)) ?? {};
    const answers = await Promise.all(
      ['01-03', '01-04'].map((day) =>
        app.admin.send<{ error?: { current?: WorkingDays } }>('PATCH', '/api/working-days', {
          year: 2028,
          version,
          days: { ...NONE, off: [day] },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.error?.current?.years.find(({ year }) => year === 2028)?.version).toBe(1);
  });

  it('refuses days that are none', async () => {
    for (const off of ['02-30', '2026-01-01', '13-01']) {
      const answer = await app.admin.send('PATCH', '/api/working-days', {
        year: 2027,
        version: 0,
        days: { ...NONE, off: [off] },
      });
      expect([off, answer.status]).toEqual([off, 400]);
    }
  });

  it('moves what is forecast of orders, says of which years it knows nothing, and tells pages and the access log', async () => {
    const { id } = await makeProject(app.admin);
    const chain = () => app.admin.get<OrderChain>(`/api/projects/${id}/chain`);
    const forecast = async () =>
      (await chain()).milestones.find(({ code }) => code === 'measure')?.forecastOn;
    const line = async () =>
      (await app.admin.get<Project>(`/api/projects/${id}`)).line.milestones.find(
        ({ code }) => code === 'measure',
      )?.forecastOn;
    const before = addWorkingDays(TODAY, 0);
    expect(await forecast()).toBe(before);
    const socket = await TestSocket.connect(app.admin);
    // Nobody works for two weeks, which may be of two years.
    const off = Array.from({ length: 14 }, (_, i) => daysAfter(TODAY, i));
    const years = [...new Set(off.map((day) => Number(day.slice(0, 4))))];
    for (const year of years) {
      const days = { ...(CALENDAR_RU[year] ?? NONE) };
      await set(year, {
        ...days,
        working: [],
        off: off.filter((day) => day.startsWith(`${year}`)).map((day) => day.slice(5)),
      });
    }
    await socket.fact('working-days.changed');
    socket.close();
    await until(async () => ((await forecast()) ?? '') > daysAfter(TODAY, 13), {
      what: 'the forecast moves',
    });
    await until(async () => (await line()) === (await forecast()), { what: 'the line follows' });
    const told = await until(async () => {
      const { items } = await app.admin.get<{ items: AuditRecord[] }>('/api/audit?group=directory');
      return items.find(({ what, object }) => what === 'calendar.changed' && object?.id === `${years[0]}`);
    });
    expect(told).toMatchObject({ who: expect.any(String), object: { kind: 'calendar' } });
    for (const year of years) await set(year, null);
    await until(async () => (await line()) === before, { what: 'the line goes back' });
    const last = Math.max(...Object.keys(CALENDAR_RU).map(Number));
    await makeEvent(app.admin, {
      type: 'work.planned',
      projectId: id,
      payload: { startOn: `${last + 3}-02-01` },
    });
    expect((await chain()).yearsUnknown).toContain(last + 3);
    await set(last + 3, NONE);
    await until(async () => !(await chain()).yearsUnknown.includes(last + 3));
  });

  it('tells the access log which days became what, and that a year was given back', async () => {
    const told = async (count: number) => {
      const items = await until(
        async () => {
          const page = await app.admin.get<{ items: AuditRecord[] }>('/api/audit?object=2034');
          return page.items.length === count ? page.items : null;
        },
        { what: `${count} changes are told` },
      );
      return items[0]?.details;
    };
    // A year of which nothing was published has the holidays that the law fixes; of them one is left here.
    const rest = { working: ['03-12'], short: ['03-07'] };
    await set(2034, { ...rest, off: ['01-02', '03-14'] });
    expect(await told(1)).toEqual({
      reset: false,
      off: ['03-14'],
      working: ['01-03', '01-04', '01-05', '01-06', '02-23', '03-08', '03-12', '05-01', '05-09', '06-12'],
      short: ['03-07'],
    });
    await set(2034, { ...rest, off: ['01-02', '03-15'] });
    expect(await told(2)).toEqual({ reset: false, off: ['03-15'], working: ['03-14'], short: [] });
    await set(2034, null);
    expect(await told(3)).toMatchObject({ reset: true, off: expect.arrayContaining(['02-23', '03-12']) });
  });

  it('is what decides when a missed whole day counts as overdue', async () => {
    const missed = daysAfter(TODAY, -18);
    const { id } = await makeEvent(app.admin, { type: 'note.free', due: { local: missed, zone: 'UTC' } });
    const state = async () =>
      (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event.dueState;
    expect(await state()).toBe('overdue');
    const off = Array.from({ length: 40 }, (_, i) => daysAfter(missed, i));
    const years = [...new Set(off.map((day) => Number(day.slice(0, 4))))];
    for (const year of years)
      await set(year, {
        ...NONE,
        off: off.filter((day) => day.startsWith(`${year}`)).map((day) => day.slice(5)),
      });
    await until(async () => (await state()) === 'due', { what: 'nobody has worked since' });
    for (const year of years) await set(year, null);
    await until(async () => (await state()) === 'overdue', { what: 'people have worked since' });
  });
});

// S13: what KPRIM says of an order is told by one answer, to those above and its manager; everything else that a server
// says is searched for it.
import type { Project } from '@svodka/shared/contracts/directory';
import type { Table, TableAnswer, TableLook } from '@svodka/shared/contracts/tables';
import { ALL } from '@svodka/shared/filter/ast';
import { ROUTES, type RouteKey, specOf } from '@svodka/shared/routes/all';
import { methodOf, pathOf } from '@svodka/shared/routes/route';
import { pino } from 'pino';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { makeEvent, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { TestSocket } from '../../../test/support/socket.ts';
import { until } from '../../../test/support/until.ts';
import { Logger } from '../../platform/logger/logger.ts';

const FILE = { 'Content-Type': 'application/octet-stream' };
const log: string[] = [];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    logger: new Logger('', pino({ base: null, level: 'trace' }, { write: (line: string) => log.push(line) })),
  });
});
afterAll(() => app?.close());

/** The end of the note: whoever searches types its beginning, and may be shown what they have typed. */
const TAIL = 'хвостнесказанного';
const head = `тайна${nextSerial()}`;
const secret = (turn: number) => `${head} ${turn} ${TAIL}`;

const told = (what: unknown): boolean => JSON.stringify(what).includes(TAIL);

/** Everything that can be read by GET, of these things, plainly and searched for. */
async function leaks(client: Client, ids: readonly string[]): Promise<{ leaks: string[]; answered: number }> {
  const found: string[] = [];
  let answered = 0;
  const words = encodeURIComponent(head);
  for (const route of Object.keys(ROUTES) as RouteKey[]) {
    if (methodOf(route) !== 'GET' || route === 'GET /projects/:id/confidential') continue;
    const path = `/api${pathOf(route)}`;
    const paths = path.includes(':id') ? ids.map((id) => path.replace(':id', id)) : [path];
    const asks = specOf(route).query
      ? ['', `?search=${words}`, `?filter=${words}`, `?q=${words}`, `?limit=100`]
      : [''];
    for (const each of paths)
      for (const ask of asks) {
        const { status, body } = await client.send('GET', each + ask);
        if (status === 200) answered++;
        if (told(body)) found.push(each + ask);
      }
  }
  return { leaks: found, answered };
}

describe('a confidential note', () => {
  it('is told by its own answer to its roles, and by nothing else to nobody', async () => {
    const manager = await app.signIn({ roles: ['manager'], email: 'vera@example.invalid' });
    const other = await app.signIn({ roles: ['manager'] });
    const appointed = await app.signIn({ roles: ['measurer'], email: 'oleg@example.invalid' });
    const finance = await app.signIn({ roles: ['finance'] });
    const order: Project = await makeProject(app.admin, {
      number: `К-${nextSerial()}`,
      managerId: manager.user.id,
      appointedIds: [appointed.user.id, other.user.id],
    });
    const event = await makeEvent(app.admin, { projectId: order.id });
    const people = [appointed, other, finance, manager, app.admin];
    const sockets = await Promise.all(people.map((client) => TestSocket.connect(client)));
    await Promise.all(sockets.map((socket) => socket.follow(ALL)));

    const dump = (turn: number) =>
      [
        'ZNUMB;MNAME;KNAME;MSUMM;PSTAT;EWORK;KPRIM',
        `${order.number};;Белова Инна;${turn * 100};Слово ${turn};1${turn}.03.2026;${secret(turn)}`,
        // Faults beside it are told with their line and cell.
        `${order.number}-2;;Белова Инна;сто;Слово;31.02.2026;${secret(turn)}`,
        '',
      ].join('\n');
    const { mapping } = await app.admin.post<TableLook>('/api/tables/look?fileName=a.csv', dump(1), FILE);
    expect(mapping.columns.KPRIM).toBe('confidentialNote');
    const table = await app.admin.post<Table>('/api/tables', { name: 'ПрофСтрой', mapping });
    for (const turn of [1, 2, 3]) {
      const answer = await app.admin.post<TableAnswer>(
        `/api/tables/${table.id}/dumps?fileName=a.csv`,
        dump(turn),
        FILE,
      );
      expect([answer.faults.length, told(answer)]).toEqual([2, false]);
    }
    const said = await until(async () => {
      const filter = encodeURIComponent(`заказ:${order.id}`);
      const { items } = await app.admin.get<{ items: { id: string }[] }>(`/api/events?filter=${filter}`);
      return items.length > 4 && items;
    });
    await until(() => sockets.every((socket) => socket.facts.length > 0));

    const path = `/api/projects/${order.id}/confidential`;
    for (const may of [manager, app.admin]) expect(await may.get(path)).toEqual({ text: secret(3) });
    for (const mayNot of [appointed, other, finance]) {
      const { status, body } = await mayNot.send('GET', path);
      expect([status >= 403, told(body)]).toEqual([true, false]);
    }
    const ids = [order.id, table.id, event.id, ...said.slice(0, 2).map(({ id }) => id)];
    for (const client of [appointed, app.admin]) {
      const { leaks: found, answered } = await leaks(client, ids);
      expect(found).toEqual([]);
      expect(answered).toBeGreaterThan(20);
    }
    for (const client of people) {
      const count = await client.get<{ n: number }>(`/api/events/count?filter=${encodeURIComponent(head)}`);
      expect(count.n).toBe(0);
    }
    expect(sockets.flatMap(({ facts }) => facts).filter(told)).toEqual([]);
    for (const socket of sockets) socket.close();
    // Of all that is stored, the note has its place, and the dump, which is packed, another.
    const holding: string[] = [];
    for (const { name } of (await app.connection.db?.listCollections().toArray()) ?? []) {
      const docs = await app.connection.collection(name).find({}).toArray();
      if (docs.some(told)) holding.push(name);
    }
    expect(holding).toEqual(['confidential_notes']);
    expect(log.filter(told)).toEqual([]);
    expect(log.length).toBeGreaterThan(0);

    // Another manager, another reader.
    await app.admin.patch(`/api/projects/${order.id}`, { managerId: other.user.id });
    expect((await manager.send('GET', path)).status).toBeGreaterThanOrEqual(403);
    expect(await other.get(path)).toEqual({ text: secret(3) });
  });
});

import { newId } from '@svodka/shared/contracts/id';
import { pino } from 'pino';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { Logger } from '../logger/logger.ts';
import { FAULTS_A_MINUTE } from './page-faults.controller.ts';

const lines: string[] = [];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    logger: new Logger('', pino({ base: null }, { write: (line: string) => lines.push(line) })),
  });
});
afterAll(() => app?.close());

const fault = { part: 'row', error: 'RangeError', at: 'index-Bx3f.js:14:2210', id: newId() };

describe('a page that could not draw something', () => {
  it('says so in the log', async () => {
    expect((await app.admin.send('POST', '/api/page-faults', fault)).status).toBe(204);
    const told = lines.map((line) => JSON.parse(line)).find(({ part }) => part === 'row');
    expect(told).toMatchObject({ level: 40, room: 'page', ...fault });
  });

  it.each([
    ['a message of its own', { ...fault, message: 'Иванов И. И.' }],
    ['words for a class', { ...fault, error: 'Иванов И. И.' }],
    ['words for a place', { ...fault, at: 'Лесная, 83:1:1' }],
    ['words for a record', { ...fault, id: 'Лесная' }],
    ['a part that there is not', { ...fault, part: 'desk of Anna' }],
  ])('cannot bring words into it: %s', async (_name, body) => {
    const before = lines.length;
    expect((await app.admin.send('POST', '/api/page-faults', body)).status).toBe(400);
    expect(lines.slice(before).join('')).not.toMatch(/Иванов|Лесная|Anna/);
  });

  it('is heard a number of times a minute, each person for themselves', async () => {
    const wild = await app.signIn({ roles: ['measurer'] });
    const answers = [];
    for (let i = 0; i <= FAULTS_A_MINUTE; i++)
      answers.push(await wild.send('POST', '/api/page-faults', fault));
    expect(answers.map(({ status }) => status)).toEqual([...Array(FAULTS_A_MINUTE).fill(204), 429]);
    expect((await app.admin.send('POST', '/api/page-faults', fault)).status).toBe(204);
  });
});

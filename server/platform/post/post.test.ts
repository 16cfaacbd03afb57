import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { post } from './post.ts';

/** What the other side does with its answer, and what is made of that. */
const WAYS: [string, (response: ServerResponse) => void, object][] = [
  ['says nothing', () => {}, { status: null, response: 'no answer within 15 s' }],
  ['answers without end', (response) => drip(response), { status: 200 }],
];

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 5);
  response.on('close', () => clearInterval(timer));
}

describe('a program that is told', () => {
  let server: Server;
  let behave: (response: ServerResponse) => void = () => {};

  beforeAll(async () => {
    server = createServer((_, response) => behave(response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(WAYS)('and %s is waited for no longer than fifteen seconds', async (_, way, outcome) => {
    behave = way;
    const { timeout } = AbortSignal;
    // A hundredth of the time that is asked for.
    const asked = jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => timeout.call(AbortSignal, ms / 100));
    try {
      const { port } = server.address() as AddressInfo;
      const told = { headers: {}, body: '{}', mayInside: true };
      expect(await post(`http://127.0.0.1:${port}/hook`, told)).toMatchObject(outcome);
      expect(asked).toHaveBeenCalledWith(15_000);
    } finally {
      asked.mockRestore();
    }
    await until(() => new Promise<boolean>((told) => server.getConnections((_, open) => told(open === 0))));
  });
});

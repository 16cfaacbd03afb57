// The README's first tries are tried.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IngestResult, ModuleToken } from '@svodka/shared/contracts/ingest';
import { CONNECTED_MODULES } from '@svodka/shared/contracts/modules';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';

let app: TestApp;
let readme: string;
beforeAll(async () => {
  [app, readme] = await Promise.all([
    createTestApp(),
    readFile(join(import.meta.dirname, '../../../README.md'), 'utf8'),
  ]);
});
afterAll(() => app?.close());

describe('the README', () => {
  it('shows an event of each module that goes in as it stands there', async () => {
    const tries = [...readme.matchAll(/^# (\w+)\nsay '(.+)'$/gm)].map(([, module = '', body = '']) => [
      module,
      body,
    ]);
    expect(tries.map(([module]) => module)).toEqual([...CONNECTED_MODULES]);
    for (const [module, body] of tries) {
      const { token } = await app.admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
        module,
        name: 'README',
        unknownOrders: 'create',
        unknownCounterparties: 'create',
      });
      const answer = await app
        .client()
        .send<IngestResult>('POST', '/api/ingest', body, { Authorization: `Bearer ${token}` });
      expect([module, answer.status, answer.error?.details]).toEqual([module, 201, undefined]);
    }
  });
});

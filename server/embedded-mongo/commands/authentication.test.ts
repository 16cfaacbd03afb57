import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { Engine } from '../engine.ts';
import { WireServer } from '../wire/server.ts';

describe('a store on the loopback interface', () => {
  let dir: string;
  let engine: Engine;
  let server: WireServer;
  let uri: string;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'embedded-'));
    engine = await Engine.open({ dir });
    server = new WireServer(engine);
    uri = await server.listen({ port: 0 });
  });

  afterEach(async () => {
    await server.close();
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const insert = async (address: string) => {
    const client = new MongoClient(address, { serverSelectionTimeoutMS: 2_000 });
    try {
      await client.db('t').collection('things').insertOne({ n: 1 });
    } finally {
      await client.close();
    }
  };

  it('lets in whoever knows the password of its address', async () => {
    await insert(uri);
    expect(engine.catalog.find('t', 'things')?.count).toBe(1);
  });

  it('answers nobody else', async () => {
    const wrong = uri.replace(/:[0-9a-f]{64}@/, `:${'0'.repeat(64)}@`);
    await expect(insert(wrong)).rejects.toMatchObject({ code: 18 });
    const nobody = uri.replace(/\/\/.*@/, '//').replace(/&auth.*$/, '');
    await expect(insert(nobody)).rejects.toMatchObject({ code: 13 });
    const stranger = uri.replace('//store:', '//root:');
    await expect(insert(stranger)).rejects.toMatchObject({ code: 18 });
    expect(engine.catalog.find('t', 'things')).toBeUndefined();
  });
});

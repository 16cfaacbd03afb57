import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GridFSBucket, MongoClient } from 'mongodb';
import { EmbeddedStore } from './supervisor.ts';

const MIB = 1024 * 1024;
const SIZE = 20 * MIB;
/** What GridFS cuts a file into unless it is told otherwise. */
const PIECE = 255 * 1024;
/** Garbage comes and goes; ten files that stayed would be two hundred here, and two hundred more in the log. */
const MOST_MEMORY = 350 * MIB;

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Memory of a process of its own, without the file that it maps; undefined where the system does not tell. */
function memoryOf(pid: number): number | undefined {
  try {
    const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

describe('GridFS through the official driver', () => {
  let dir: string;
  let store: EmbeddedStore;
  let client: MongoClient;
  let bucket: GridFSBucket;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'embedded-'));
    store = await EmbeddedStore.start({ dir });
    client = new MongoClient(store.uri);
    bucket = new GridFSBucket(client.db('t'));
  });
  afterAll(async () => {
    await client?.close();
    await store?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function upload(bytes: Buffer): Promise<ReturnType<GridFSBucket['openUploadStream']>['id']> {
    const to = bucket.openUploadStream('big.bin', { metadata: { kind: 'photo' } });
    await pipeline(Readable.from(bytes), to);
    return to.id;
  }
  async function download(id: Awaited<ReturnType<typeof upload>>, range?: { start: number; end: number }) {
    const parts: Buffer[] = [];
    for await (const part of bucket.openDownloadStream(id, range)) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  it('keeps 20 MiB, gives them back whole and in part, and lets go of them', async () => {
    const bytes = randomBytes(SIZE);
    const id = await upload(bytes);
    expect(hash(await download(id))).toBe(hash(bytes));
    for (const [start, end] of [
      [0, 1],
      [261_119, 261_121], // over the border of two chunks
      [7 * MIB + 3, 9 * MIB + 17],
      [SIZE - 5, SIZE],
    ] as const)
      expect(hash(await download(id, { start, end }))).toBe(hash(bytes.subarray(start, end)));
    expect(await bucket.find({ 'metadata.kind': 'photo' }).toArray()).toMatchObject([
      { _id: id, length: SIZE, filename: 'big.bin' },
    ]);
    const chunks = client.db('t').collection('fs.chunks');
    await expect(chunks.insertOne({ files_id: id, n: 0, data: Buffer.alloc(1) })).rejects.toMatchObject({
      code: 11_000,
    });
    const { queryPlanner } = await chunks
      .find({ files_id: id, n: { $gte: 3 } })
      .sort({ n: 1 })
      .explain('queryPlanner');
    expect(JSON.stringify(queryPlanner.winningPlan)).toMatch(/IXSCAN/);
    expect(JSON.stringify(queryPlanner.winningPlan)).not.toMatch(/SORT/);
    await bucket.delete(id);
    expect(await chunks.countDocuments()).toBe(0);
  });

  it('keeps them once: the change log says that a piece came, and gives it as it is by then', async () => {
    const size = async () => (await client.db('t').admin().serverStatus()).changeLog.bytes as number;
    const before = await size();
    const stream = client.db('t').collection('fs.chunks').watch();
    await stream.tryNext();
    const id = await upload(randomBytes(8 * MIB));
    // The driver sends the pieces over several connections: each is told once, in whichever order they came.
    const pieces = Math.ceil((8 * MIB) / PIECE);
    const told: number[] = [];
    while (told.length < pieces) {
      const { fullDocument } = (await stream.next()) as { fullDocument?: { files_id: unknown; n: number } };
      expect(fullDocument?.files_id).toEqual(id);
      told.push(fullDocument?.n ?? -1);
    }
    expect(told.sort((a, b) => a - b)).toEqual([...Array(pieces).keys()]);
    await stream.close();
    expect((await size()) - before).toBeLessThan(MIB);
    await bucket.delete(id);
  });

  it('keeps nothing of them in memory', async () => {
    const seen: number[] = [];
    for (let i = 0; i < 10; i++) {
      await download(await upload(randomBytes(SIZE)));
      seen.push(memoryOf(store.pid) ?? 0);
    }
    console.log(`memory of the store, MiB: ${seen.map((bytes) => Math.round(bytes / MIB)).join(' ')}`);
    expect(Math.min(...seen.slice(5))).toBeLessThan(MOST_MEMORY);
  });
});

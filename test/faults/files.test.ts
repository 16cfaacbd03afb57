/**
 * Server and store are killed with SIGKILL while files are sent. Whatever is listed is whole, whatever is not listed is
 * not there for anybody, and what was cut is gone on with to the end (FI2 and FI3 of `server/files`). The seed is printed;
 * KILL_SEED repeats a run.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { CHUNK_BYTES, SENT_BYTES, type Upload } from '@svodka/shared/contracts/file';
import { newId } from '@svodka/shared/contracts/id';
import { runApp } from '../support/app-process.ts';
import { anyBytes, download } from '../support/files.ts';
import { LastingApp } from '../support/lasting-app.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const IS_DEEP = Boolean(process.env.SVODKA_DEEP);
const ROUNDS = IS_DEEP ? 50 : 4;
const SENDERS = 3;
/** One large file is on its way all the while. */
const LARGE_BYTES = (IS_DEEP ? 200 : 12) * 1024 ** 2;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe(`kill -9 while files are sent (seed ${seed})`, () => {
  let app: LastingApp;

  beforeAll(async () => {
    app = await LastingApp.start();
  }, 120_000);
  afterAll(() => app?.close());

  it(
    'shows nothing that is not whole, and brings every file to its end',
    async () => {
      const client = await app.signIn();
      const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', {
        type: 'note.free',
        title: 'С файлами',
      });
      const owner = { kind: 'event', id: event.id };
      const sums = new Map<string, string>();
      let [parts, sending] = [0, true];

      /** Sends one file to its end, piece by piece, whatever dies meanwhile. */
      async function send(size: number, part: number): Promise<void> {
        const bytes = anyBytes(size);
        const id = newId();
        sums.set(id, sha(bytes));
        const begin = { id, owner, name: `${id}.bin`, size: bytes.length };
        for (let upload: Upload | null = null; !upload?.file; ) {
          const answer: { status: number; body: Upload } | null = await (upload
            ? client.send<Upload>(
                'POST',
                `/api/files/${id}/upload?offset=${upload.offset}`,
                bytes.subarray(upload.offset, upload.offset + part),
              )
            : client.send<Upload>('POST', '/api/files', begin)
          ).catch(() => null);
          if (answer && answer.status < 300) {
            upload = answer.body;
            parts++;
            continue;
          }
          if (answer && answer.status < 500 && answer.status !== 409)
            throw new Error(`refused: ${answer.status}`);
          // Where it stands is asked for again.
          upload = null;
          await pause(100);
        }
      }
      const senders = Array.from({ length: SENDERS }, async () => {
        while (sending) await send(Math.floor(random() * 8 * CHUNK_BYTES), CHUNK_BYTES);
      });
      senders.push(send(LARGE_BYTES, SENT_BYTES));

      const listed = async () =>
        (await client.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event.attachments ?? [];
      async function look(): Promise<number> {
        const files = await listed();
        expect(new Set(files.map(({ id }) => id)).size).toBe(files.length);
        for (const { id } of files)
          expect([id, sha((await download(client, `/api/files/${id}`)).bytes)]).toEqual([id, sums.get(id)]);
        return files.length;
      }

      for (let round = 0; round < ROUNDS; round++) {
        const before = parts;
        await until(() => parts > before + 5, { timeoutMs: 60_000, what: 'parts to be taken' });
        await pause(random() * 500); // the moment of the fault, from the seed
        await app.kill();
        await app.again();
        await look();
        // Fifty stand at one owner at most: the older ones make room.
        for (const { id } of (await listed()).slice(0, -10)) {
          await client.delete(`/api/files/${id}`);
          expect((await download(client, `/api/files/${id}`)).status).toBe(404);
        }
      }
      sending = false;
      await Promise.all(senders);
      expect(await look()).toBeGreaterThan(0);
      await app.stop();
      const scrub = await runApp({ DATA_DIR: app.dataDir }, 'build/server/files/scrub.js').ended;
      expect([scrub.code, scrub.stdout]).toEqual([0, expect.stringMatching(/^All \d+ files/)]);
      await app.again();
    },
    IS_DEEP ? 3_600_000 : 600_000,
  );
});

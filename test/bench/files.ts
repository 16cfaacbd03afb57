import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { MOST_SENT_BYTES, SENT_BYTES, type Upload } from '@svodka/shared/contracts/file';
import type { App } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { makeEvent } from '../support/factories.ts';
import { signInAdmin } from './people.ts';
import { anonymousMiB, childrenOf, cpuMs } from './processes.ts';
import { ms, summarize, table } from './statistics.ts';

const MIB = 1024 ** 2;
const LOOK_MS = 50;

/** What two processes used while something went on: processor time, ms, and the most memory above what they held before, MiB. */
async function watched<T>(
  app: App,
  work: () => Promise<T>,
): Promise<{ value: T; seconds: number; used: number[]; grown: string[] }> {
  const pids = [app.pid, childrenOf(app.pid)[0] ?? 0];
  const before = pids.map(anonymousMiB);
  const most = [...before];
  const spent = pids.map(cpuMs);
  const timer = setInterval(() => {
    for (const [i, pid] of pids.entries()) most[i] = Math.max(most[i] ?? 0, anonymousMiB(pid));
  }, LOOK_MS);
  const start = performance.now();
  const value = await work();
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  const used = pids.map((pid, i) => cpuMs(pid) - (spent[i] ?? 0));
  return { value, seconds, used, grown: most.map((each, i) => (each - (before[i] ?? 0)).toFixed(0)) };
}

/** One request with a body of so many bytes; nothing of it is held, and a client that copies would be measured with it. */
function send(client: Client, { id, offset }: Upload, bytes: number): Promise<Upload> {
  const block = randomBytes(MIB);
  function* blocks() {
    for (let left = bytes; left > 0; left -= MIB) yield block.subarray(0, Math.min(MIB, left));
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      `${client.url}/api/files/${id}/upload?offset=${offset}`,
      {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${client.token}`,
          'Content-Type': 'application/octet-stream',
          'Content-Length': bytes,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (some: string) => (text += some));
        answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(text)));
      },
    );
    sent.on('error', reject);
    Readable.from(blocks()).pipe(sent);
  });
}

async function read(client: Client, path: string, range?: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${client.url}${path}`, {
    headers: { Authorization: `Bearer ${client.token}`, ...(range && { Range: range }) },
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const first = performance.now() - start;
  for (;;) if ((await reader?.read())?.done ?? true) return first;
}

/** A large file up, in one request and in parts as a page sends it, and down; the first byte of parts of it. */
export async function benchFiles(app: App, bytes: number): Promise<void> {
  const admin = await signInAdmin(app);
  const event = await makeEvent(admin, { title: 'С большой записью' });
  const begin = (name: string) =>
    admin.post<Upload>('/api/files', { owner: { kind: 'event', id: event.id }, name, size: bytes });
  const rows: (string | number)[][] = [];
  const tell = (
    name: string,
    { seconds, used, grown }: { seconds: number; used: number[]; grown: string[] },
  ) =>
    rows.push([
      name,
      seconds.toFixed(1),
      Math.round(bytes / 1e6 / seconds),
      ...used.map((each) => (each / (bytes / 1e6)).toFixed(1)),
      ...grown,
    ]);

  const whole = await begin('одним запросом.bin');
  tell('up, in one request', await watched(app, () => send(admin, whole, bytes)));
  const parts = await begin('по частям.bin');
  tell(
    'up, in parts',
    await watched(app, async () => {
      let part = SENT_BYTES;
      for (let upload = parts; !upload.file; part = Math.min(2 * part, MOST_SENT_BYTES))
        upload = await send(admin, upload, Math.min(part, bytes - upload.offset));
    }),
  );
  const { id } = whole;
  tell('down', await watched(app, () => read(admin, `/api/files/${id}`)));
  table(
    `A file of ${Math.round(bytes / MIB)} MiB`,
    ['', 's', 'MB/s', 'app ms/MB', 'store ms/MB', 'app +MiB', 'store +MiB'],
    rows,
  );
  const firsts: number[] = [];
  for (let i = 0; i < 200; i++) {
    const at = Math.floor(Math.random() * (bytes - 1000));
    firsts.push(await read(admin, `/api/files/${id}`, `bytes=${at}-${at + 999}`));
  }
  const { p50, p95, max } = summarize(firsts);
  table(
    'First byte of a Range, ms',
    ['', 'p50', 'p95', 'max'],
    [['200 at random', ms(p50), ms(p95), ms(max)]],
  );
}

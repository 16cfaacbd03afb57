/**
 * The dossier of an order with 2,000 events and 40 files of 4 MiB: how long until the first byte, until the end, and
 * how much more memory the app holds meanwhile. As a page and as a ZIP, by somebody who takes it in at once, and by
 * somebody on a slow line, before whom it must not pile up.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { App } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { attach } from '../support/files.ts';
import { anonymousMiB } from './processes.ts';
import { ms, table } from './statistics.ts';

const EVENTS = 2_000;
const FILES = 40;
const FILE_BYTES = 4 * 1024 * 1024;
const AT_ONCE = 20;
/** The slow line: so many bytes, then a pause. */
const SIP_BYTES = 1024 * 1024;
const SIP_MS = 40;
const DAY_MS = 86_400_000;

export async function benchDossier(app: App): Promise<void> {
  const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
  const project = await client.post<Project>('/api/projects', { number: `DOS-${Date.now()}` });
  const write = async (n: number) =>
    (
      await client.post<{ event: SvodkaEvent }>('/api/events', {
        type: 'note.free',
        title: `Запись ${n}`,
        body: 'Заказчик просит перенести монтаж и напоминает о трёх створках. '.repeat(3),
        projectId: project.id,
      })
    ).event;
  const first = await write(0);
  for (let n = 1; n < EVENTS; n += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, EVENTS - n) }, (_, i) => write(n + i)));
  for (let n = 0; n < FILES; n++)
    await attach(client, { kind: 'event', id: first.id }, randomBytes(FILE_BYTES), `замер ${n}.bin`);

  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const period = `from=${day(Date.now() - DAY_MS)}&to=${day(Date.now() + DAY_MS)}`;

  async function taken(as: 'page' | 'zip', isSlow: boolean): Promise<(string | number)[]> {
    const before = anonymousMiB(app.pid);
    let [most, bytes, sip, begun] = [before, 0, 0, Number.NaN];
    const looking = setInterval(() => {
      most = Math.max(most, anonymousMiB(app.pid));
    }, 25);
    const start = performance.now();
    const response = await fetch(`${app.url}/api/projects/${project.id}/dossier?${period}&as=${as}`, {
      headers: { Authorization: `Bearer ${client.token}` },
    });
    if (!response.ok || !response.body) throw new Error(`the dossier answered ${response.status}`);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (bytes === 0) begun = performance.now() - start;
      bytes += chunk.length;
      sip += chunk.length;
      if (!isSlow || sip < SIP_BYTES) continue;
      sip = 0;
      await pause(SIP_MS);
    }
    clearInterval(looking);
    const ended = performance.now() - start;
    return [ms(begun), ms(ended), (bytes / 1024 / 1024).toFixed(1), (most - before).toFixed(0)];
  }

  const rows: (string | number)[][] = [];
  for (const [name, as, isSlow] of [
    ['warming up', 'zip', false],
    ['page', 'page', false],
    ['ZIP', 'zip', false],
    ['ZIP, a slow line', 'zip', true],
    ['ZIP again', 'zip', false],
  ] as const)
    rows.push([name, ...(await taken(as, isSlow))]);
  table(
    `The dossier of ${EVENTS} events and ${FILES} files of 4 MiB`,
    ['', 'first byte, ms', 'whole, ms', 'MiB', 'memory, + MiB'],
    rows,
  );
}

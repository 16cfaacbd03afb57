import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportBatch, ImportMapping } from '@svodka/shared/contracts/import';
import type { App } from '../support/app-process.ts';
import { permitLog, ROWS_OF_CASE } from '../support/permit-log.ts';
import { until } from '../support/until.ts';
import { signInAdmin } from './people.ts';
import { childrenOf, cpuMs } from './processes.ts';
import { table } from './statistics.ts';

const cpuOf = (pid: number | undefined): number => (pid === undefined ? Number.NaN : cpuMs(pid));

/**
 * Imports the real log when SVODKA_LOGS names its folder, else rows that look like it; then the same file again.
 * @param wanted so many rows that look like it, and not the log; 0: the log
 */
export async function benchImport(app: App, wanted: number): Promise<void> {
  const admin = await signInAdmin(app);
  const logs = wanted > 0 ? undefined : process.env.SVODKA_LOGS;
  const cases = Math.ceil((wanted || 8_600) / ROWS_OF_CASE);
  const file = logs ? await readFile(join(logs, 'receipt.csv'), 'utf8') : permitLog({ cases });
  const rows: (string | number)[][] = [];
  for (const round of ['first time', 'again']) {
    const start = performance.now();
    const processes = [app.pid, childrenOf(app.pid)[0]];
    const before = processes.map(cpuOf);
    type Uploaded = { batch: ImportBatch & { mapping: ImportMapping } };
    const { batch } = await admin.post<Uploaded>('/api/imports?fileName=bench.csv', file, {
      'Content-Type': 'text/csv',
    });
    await admin.post(`/api/imports/${batch.id}/start`, batch.mapping);
    const done = await until(
      async () => {
        const now = await admin.get<ImportBatch>(`/api/imports/${batch.id}`);
        return now.state === 'running' ? null : now;
      },
      { timeoutMs: 900_000, everyMs: 50, what: 'the end of the import' },
    );
    const seconds = (performance.now() - start) / 1000;
    const { created, existing, errors, read } = done.counts;
    const each = processes.map((pid, i) => ((cpuOf(pid) - (before[i] ?? 0)) / read).toFixed(2));
    rows.push([
      round,
      read,
      created,
      existing,
      errors,
      seconds.toFixed(1),
      Math.round(read / seconds),
      ...each,
    ]);
  }
  table(
    `CSV import, upload to end (${logs ? 'receipt.csv' : 'generated look-alike'})`,
    ['', 'rows', 'created', 'existing', 'errors', 's', 'rows/s', 'app ms/row', 'store ms/row'],
    rows,
  );
}

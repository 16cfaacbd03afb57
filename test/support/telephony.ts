import { createHmac } from 'node:crypto';
import type { ErrorBody } from '@svodka/shared/contracts/errors';
import type { IngestResult, ModuleToken } from '@svodka/shared/contracts/ingest';
import type { Client } from './client.ts';

export type Telephony = { secret: string; key: string };

/** A secret of a telephone system, as an administrator makes one. */
export async function connectTelephony(admin: Client): Promise<Telephony> {
  const { token, item } = await admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
    module: 'calls',
    name: 'АТС',
    signs: true,
  });
  return { secret: token, key: item.id };
}

export const sign = (secret: string, t: number, body: string): string =>
  `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;

type Ring = { t?: number; signature?: string; headers?: Record<string, string> };
export type Answered = { status: number; body: Partial<IngestResult> & Partial<ErrorBody> };

/** Tells of a call as a telephone system does, at `t` (seconds). */
export async function ring(
  client: Client,
  { secret, key }: Telephony,
  record: object | string,
  { t = Math.floor(Date.now() / 1000), signature, headers = {} }: Ring = {},
): Promise<Answered> {
  const body = typeof record === 'string' ? record : JSON.stringify(record);
  const response = await fetch(`${client.url}/api/ingest/calls?key=${key}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Svodka-Signature': signature ?? sign(secret, t, body),
      ...headers,
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}

/** A record as Asterisk writes it, of a call a while ago. */
export const cdr = (more: Record<string, string> = {}): Record<string, string> => ({
  uniqueid: '1732700000.42',
  src: '89165550101',
  dst: '101',
  start: '2026-01-14 10:00:00',
  answer: '2026-01-14 10:00:06',
  billsec: '214',
  disposition: 'ANSWERED',
  ...more,
});

/** Records as a file with names of columns, as FreePBX writes it. */
export function cdrFile(records: readonly Record<string, string>[]): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const cell = (text = '') => `"${text.replaceAll('"', '""')}"`;
  return [columns, ...records.map((record) => columns.map((column) => record[column] ?? ''))]
    .map((row) => `${row.map(cell).join(',')}\n`)
    .join('');
}

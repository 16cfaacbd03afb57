import type { ErrorBody } from '@svodka/shared/contracts/errors';
import type { IngestEnd, IngestResult } from '@svodka/shared/contracts/ingest';

/** What a module is answered: the results, and the end where the answer has one. */
export type Said = {
  status: number;
  results: IngestResult[];
  end: IngestEnd | undefined;
  error: ErrorBody['error'] | undefined;
};

export const ndjson = (events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Sends a stream as a connected module does. */
export async function sayLines(
  url: string,
  token: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  query = '',
): Promise<Said> {
  const response = await fetch(`${url}/api/ingest${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson', Authorization: `Bearer ${token}`, ...headers },
    body: body as string,
  });
  const told = (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return {
    status: response.status,
    results: told.filter(({ line }) => line !== undefined),
    end: told.find(({ done }) => done),
    error: told.find(({ error, line }) => error && line === undefined)?.error,
  };
}

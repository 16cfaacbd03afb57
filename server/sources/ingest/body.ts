import type { IncomingMessage } from 'node:http';
import { AppError } from '@svodka/shared/contracts/errors';
import { refused } from '../../platform/errors/contract-error.ts';
import { refuseUtf16 } from './lines.ts';

/** A body of which nothing comes for so long keeps a place from others, ms. */
const SILENT_MS = 60_000;

/**
 * The chunks of a request's body as they come; hangs up on one that falls silent. The request is left where it stands when
 * whoever reads stops reading.
 */
export async function* patiently(request: IncomingMessage): AsyncGenerator<Buffer> {
  const hangUp = () => request.socket.destroy();
  let timer = setTimeout(hangUp, SILENT_MS);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(hangUp, SILENT_MS);
    }
    if (!request.complete) throw new Error('the request broke off');
  } finally {
    clearTimeout(timer);
  }
}

/** A whole body. @throws AppError `too-large` */
export async function bytesOf(request: IncomingMessage, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of patiently(request)) {
    length += chunk.length;
    if (length > most) throw new AppError('too-large', `more than ${most} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** A whole body as text. @throws AppError `too-large`, `validation` when it is no UTF-8 */
export async function bodyOf(request: IncomingMessage, most: number): Promise<string> {
  const bytes = await bytesOf(request, most);
  refuseUtf16(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('', 'not-utf8');
  }
}

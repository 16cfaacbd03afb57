import { randomBytes } from 'node:crypto';
import {
  type Attachment,
  type FileOwner,
  SENT_BYTES,
  type Upload,
  type UploadCreate,
} from '@svodka/shared/contracts/file';
import type { Client } from './client.ts';

/** Where the marks lie by which the type of a file is known. */
const MARKED = 512;

/** Random bytes of a file of no known type: one in some thousand would begin as sound does, and be asked for its basis. */
export function anyBytes(size: number): Buffer {
  return randomBytes(size).fill('~', 0, Math.min(size, MARKED));
}

/** Attaches a file as a page does: begins, and sends it in parts. */
export async function attach(
  client: Client,
  owner: FileOwner,
  content: Uint8Array | string,
  name = 'файл.txt',
  more: Partial<UploadCreate> = {},
): Promise<Attachment> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  let upload = await client.post<Upload>('/api/files', {
    owner,
    name,
    size: bytes.length,
    ...more,
  });
  while (!upload.file) {
    const part = bytes.subarray(upload.offset, upload.offset + SENT_BYTES);
    upload = await client.post<Upload>(`/api/files/${upload.id}/upload?offset=${upload.offset}`, part);
  }
  return upload.file;
}

/** What a file's address answers. */
export async function download(
  client: Client,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const response = await fetch(`${client.url}${path}`, {
    headers: { Authorization: `Bearer ${client.token}`, ...headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

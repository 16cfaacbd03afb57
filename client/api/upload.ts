// Requests that show how far they are: fetch does not tell of the bytes sent, XMLHttpRequest does.
import type { Id } from '@svodka/shared/contracts/id';
import type { Answer } from '@svodka/shared/routes/all';
import { ApiError, failureOf, language, personAsked } from './rest.ts';

export type Uploaded = Answer<'POST /imports'>;
type Sending = { onprogress: (share: number) => void; signal: AbortSignal };

/**
 * Sends a CSV file. Throws `ApiError`; an `AbortError` when it was called off.
 * @param onprogress share of the bytes sent, 0 to 1
 */
export const uploadCsv = (
  file: File,
  onprogress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> =>
  send(`/imports?fileName=${encodeURIComponent(file.name)}`, 'text/csv', file, { onprogress, signal });

/** Sends a part of a file that was begun (`POST /files`), from `offset` on. */
export const uploadPart = (
  id: Id,
  offset: number,
  part: Blob,
  sending: Sending,
): Promise<Answer<'POST /files/:id/upload'>> =>
  send(`/files/${id}/upload?offset=${offset}`, 'application/octet-stream', part, sending);

function send<T>(path: string, type: string, body: Blob, { onprogress, signal }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api${path}`);
    request.setRequestHeader('Content-Type', type);
    request.setRequestHeader('X-Svodka', personAsked());
    request.setRequestHeader('Accept-Language', language());
    request.upload.onprogress = ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0);
    const broken = () => reject(new ApiError({ code: 'unavailable', message: '' }, true));
    request.onerror = broken;
    request.ontimeout = broken;
    request.onabort = () => reject(new DOMException('called off', 'AbortError'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(failureOf(request.status, request.responseText));
    };
    signal.addEventListener('abort', () => request.abort());
    if (signal.aborted) request.abort();
    else request.send(body);
  });
}

// The one request that shows how far it is: fetch does not tell of the bytes sent, XMLHttpRequest does.
import type { Answer } from '@svodka/shared/routes/all';
import { ApiError, failureOf, language } from './rest.ts';

export type Uploaded = Answer<'POST /imports'>;

/**
 * Sends a CSV file. Throws `ApiError`; an `AbortError` when it was called off.
 * @param onprogress share of the bytes sent, 0 to 1
 */
export function uploadCsv(
  file: File,
  onprogress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/imports?fileName=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'text/csv');
    request.setRequestHeader('X-Svodka', '1');
    request.setRequestHeader('Accept-Language', language());
    request.upload.onprogress = ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0);
    const broken = () => reject(new ApiError({ code: 'unavailable', message: '' }, true));
    request.onerror = broken;
    request.ontimeout = broken;
    request.onabort = () => reject(new DOMException('called off', 'AbortError'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Uploaded);
      else reject(failureOf(request.status, request.responseText));
    };
    signal.addEventListener('abort', () => request.abort());
    if (signal.aborted) request.abort();
    else request.send(file);
  });
}

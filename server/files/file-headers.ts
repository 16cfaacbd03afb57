import { isShown } from '@svodka/shared/contracts/file';

/** A name in a header (RFC 6266): plain for old programs, and as it is. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`;
}

/** Nothing that is in a file may act: no script, no form, no other origin. The reader of a browser for PDF is no page and refuses to work in a sandbox. */
const LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox";
const READ = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/** With which headers a file's content goes out: what a browser shows by itself as that, all else to be kept. */
export function contentHeaders({ name, mime }: { name: string; mime: string }): Record<string, string> {
  const isPdf = mime === 'application/pdf';
  return {
    'Content-Type': isShown(mime) ? mime : 'application/octet-stream',
    'Content-Disposition': disposition(isShown(mime) ? 'inline' : 'attachment', name),
    'Content-Security-Policy': isPdf ? READ : LOCKED,
    'X-Content-Type-Options': 'nosniff',
    ...(isPdf && { 'X-Frame-Options': 'SAMEORIGIN' }),
    // It may be kept, and used only after we were asked: who may see it may change.
    'Cache-Control': 'private, no-cache',
  };
}

/** Whether the asker has this already (RFC 9110, 13.1.2): among others, and however a proxy that packs has marked it. */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === etag);

import type { Response } from './request.ts';

/** A letter is shown as it looks, and does nothing: it loads nothing, runs nothing and leads away in a page of its own. */
const AS_IT_LOOKS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  'X-Frame-Options': 'SAMEORIGIN',
  'Cache-Control': 'no-store',
};

export function showLetter(response: Response, html: string): void {
  for (const [header, value] of Object.entries(AS_IT_LOOKS)) response.setHeader(header, value);
  response.end(html);
}

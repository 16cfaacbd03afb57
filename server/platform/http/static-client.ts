import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sirv from 'sirv';
import type { Request, Response } from './request.ts';

type Next = (error?: unknown) => void;

const OURS = /^\/(?:api|socket\.io)(?:\/|$)/i;
const HIDDEN = /(?:^|\/|%2f)(?:\.|%2e)/i;

/**
 * Hands out the built dashboard. Files under /assets carry their hash in the name and are kept for ever, all else is
 * asked for again. An address without a file is a screen of the dashboard only when a browser navigates to it: what
 * looks like a file or a hidden folder, or is fetched by anything else, is not found.
 *
 * The disk is asked at each request (`dev`): from its list of the start, sirv would stream a file that a new build has
 * since replaced, with the old length, and a vanished one would end the process.
 */
export function staticClient(dir: string): ((req: Request, res: Response, next: Next) => void) | null {
  if (!existsSync(join(dir, 'index.html'))) return null;
  const files = sirv(dir, {
    dev: true,
    brotli: true,
    gzip: true,
    etag: true,
    extensions: [],
    setHeaders(res, path) {
      const hashed = path.startsWith('/assets/');
      res.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (req, res, next) => {
    if ((req.method !== 'GET' && req.method !== 'HEAD') || OURS.test(req.path)) return next();
    if (HIDDEN.test(req.path)) return next();
    if (req.path === '/') req.url = '/index.html';
    files(req, res, () => {
      const isScreen = /^(?:\/[^./][^.]*)?$/.test(req.path) && /text\/html/.test(req.headers.accept ?? '');
      if (!isScreen) return next();
      req.url = '/index.html';
      files(req, res, next);
    });
  };
}

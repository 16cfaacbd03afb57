import type { Request } from './request.ts';

/** The router takes addresses in any case, so whoever asks of them has to as well. */
export const isApi = (path: string): boolean => /^\/api(?:\/|$)/i.test(path);

/** Methods that this address would take, when it takes any. Pages and files are read only. */
export function allowedMethods(request: Request): string[] {
  const path = request.originalUrl.split('?')[0] ?? '/'; // inside a mounted router the path lacks its beginning
  if (!isApi(path)) return request.method === 'GET' || request.method === 'HEAD' ? [] : ['GET', 'HEAD'];
  const methods = new Set<string>();
  for (const layer of request.app.router?.stack ?? []) {
    if (!layer.route || !matches(layer, path)) continue;
    for (const [method, does] of Object.entries(layer.route.methods))
      if (does) methods.add(method.toUpperCase());
  }
  methods.delete('_ALL');
  return [...methods].sort();
}

function matches(layer: { match(path: string): boolean }, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false; // an escape that does not decode matches nothing
  }
}

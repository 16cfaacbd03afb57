import { isIP } from 'node:net';
import type { AppConfig } from '../config/config.ts';

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A name that no attacker can point at us: loopback, or an address written out. Others need PUBLIC_URL. */
function cannotBeRebound(hostname: string): boolean {
  return LOOPBACK_NAME.test(hostname) || isIP(hostname.replace(/^\[|\]$/g, '')) > 0;
}

/**
 * Whether a page of this origin may change things and open sockets: PUBLIC_URL, the ALLOWED_ORIGINS, and, where no
 * PUBLIC_URL is set, the very host and port that the request was sent to. No Origin at all is not a page.
 * @param host the request's Host header
 */
export function isAllowedOrigin(
  config: Pick<AppConfig, 'publicUrl' | 'allowedOrigins'>,
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (!origin || !URL.canParse(origin)) return false;
  if (origin === config.publicUrl || config.allowedOrigins.includes(origin)) return true;
  const url = new URL(origin);
  if (!/^https?:$/.test(url.protocol) || !host) return false;
  const mayBeOwn = LOOPBACK_NAME.test(url.hostname) || (!config.publicUrl && cannotBeRebound(url.hostname));
  return mayBeOwn && url.host === host.toLowerCase();
}

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';

/**
 * Where a request came from, by the one trust rule (TRUST_PROXY) that the framework applies to REST: for upgrades,
 * which it never sees.
 */
export function addressBook(app: NestExpressApplication): (request: IncomingMessage) => string {
  const { request: framework } = app.getHttpAdapter().getInstance() as { request: object };
  return ({ headers, socket }) => {
    const seen = Object.create(framework, {
      headers: { value: headers },
      socket: { value: socket },
    }) as object;
    return plainAddress(Reflect.get(framework, 'ip', seen) as string | undefined);
  };
}

/**
 * IPv4 as such, also where the socket listens on IPv6, and without the port that some proxies add. A proxy that hands on
 * what it was told may hand on any text: what is no address is none, and is neither kept nor counted by itself.
 */
export function plainAddress(given = ''): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(given);
  const address = (bare?.[1] ?? bare?.[2] ?? given)
    .replace(/%.*$/s, '')
    .replace(/^(?:::|(?:0+:){5})ffff:(?=\d+\.)/i, '');
  return isIP(address) > 0 ? address : '';
}

/** What limits are counted by: an IPv6 network of 64 bits is one household, and has more addresses than memory. */
export function limitKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const all = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${all
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}

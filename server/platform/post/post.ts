/**
 * The way out to addresses that people name: one POST, no redirects, an end in time whatever the other side does.
 * Unless a setting allows it, nothing inside the network is reached: every address that a name stands for is looked at
 * where the connection is made, so that a name cannot mean something else the second time.
 */
import { lookup as lookUp } from 'node:dns';
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** How long an answer may take, whatever it is waiting for, ms. */
const HANG_MS = 15_000;
const SHOWN = 200;

const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, bits);
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
/** Those that carry another address in them, and those of documents. */
for (const [net, bits] of [
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  inside.addSubnet(net, bits, 'ipv6');

/** Whether an address is of this machine or network, or of nobody. */
export function isInside(address: string): boolean {
  if (isIP(address) === 4) return inside.check(address);
  return !global.check(address, 'ipv6') || inside.check(address, 'ipv6');
}

class Inside extends Error {
  constructor(address: string) {
    super(`${address} is an address inside the network`);
  }
}

const guarded: LookupFunction = (host, options, done) => {
  lookUp(host, { ...options, all: true }, (error, found) => {
    if (error) return done(error, []);
    const bad = found.find(({ address }) => isInside(address));
    if (bad) return done(new Inside(bad.address), []);
    if (options.all) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  });
};

/** `status` of the answer, whatever it is; or why there was none. */
export type Answer =
  | { status: number; response: string }
  | { status: null; isInside: boolean; response: string };

export function post(
  address: string,
  {
    headers,
    body,
    mayInside,
    signal,
  }: {
    headers: Readonly<Record<string, string | number>>;
    body: string | Buffer | null;
    mayInside: boolean;
    signal?: AbortSignal | undefined;
  },
): Promise<Answer> {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address that is written out is looked up by nobody.
  if (!mayInside && isIP(host) !== 0 && isInside(host))
    return Promise.resolve({ status: null, isInside: true, response: new Inside(host).message });
  const late = AbortSignal.timeout(HANG_MS);
  return new Promise((resolve) => {
    const failed = (error: Error) =>
      resolve({
        status: null,
        isInside: error instanceof Inside,
        response: late.aborted ? `no answer within ${HANG_MS / 1_000} s` : error.message.slice(0, SHOWN),
      });
    const asked = (url.protocol === 'https:' ? encrypted : plain)(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Length': body ? Buffer.byteLength(body) : 0 },
        signal: signal ? AbortSignal.any([signal, late]) : late,
        agent: false,
        ...(!mayInside && { lookup: guarded }),
      },
      (answer) => {
        const { statusCode: status = 0, statusMessage = '' } = answer;
        // What it says beyond its status is of no use here, and may be without end.
        answer.destroy();
        resolve({ status, response: `${status} ${statusMessage}`.trim().slice(0, SHOWN) });
      },
    );
    asked.on('error', failed);
    asked.end(body ?? undefined);
  });
}

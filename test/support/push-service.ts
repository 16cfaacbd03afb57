/**
 * A push service on loopback with one browser's keys: what web-push sent there is opened as that browser would
 * (RFC 8291), and who signed it is checked (RFC 8292).
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Pushed = { said: Record<string, string>; signedBy: string; audience: string };

export interface PushService {
  /** What a browser that subscribed here would tell the server. */
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
  origin: string;
  pushed: Pushed[];
  close(): Promise<void>;
}

const SALT = 16;
const KEY_ID_LENGTH = 20;
const TAG = 16;

export async function startPushService(): Promise<PushService> {
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const pushed: Pushed[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.from(await text(request.setEncoding('latin1')), 'latin1');
    pushed.push({ said: opened(body), ...signature(request.headers.authorization ?? '') });
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function opened(body: Buffer): Record<string, string> {
    const salt = body.subarray(0, SALT);
    const keyEnd = KEY_ID_LENGTH + 1 + (body[KEY_ID_LENGTH] ?? 0);
    const sender = body.subarray(KEY_ID_LENGTH + 1, keyEnd);
    const derive = (from: Buffer, by: Buffer, info: Buffer | string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', from, by, info, bytes));
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
    const secret = derive(browser.computeSecret(sender), auth, info, 32);
    const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
    const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(body.subarray(-TAG));
    const plain = Buffer.concat([decipher.update(body.subarray(keyEnd, -TAG)), decipher.final()]);
    // Behind the words stands a 2 as the end of the last record, and zeros to fill it.
    return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString('utf8'));
  }

  function signature(authorization: string): { signedBy: string; audience: string } {
    const [, token = '', signedBy = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
    const [head, claims = '', sign = ''] = token.split('.');
    const point = Buffer.from(signedBy, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    const isWhole = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(sign, 'base64url'),
    );
    if (!isWhole) throw new Error('the signature of a push is wrong');
    return { signedBy, audience: JSON.parse(Buffer.from(claims, 'base64url').toString()).aud };
  }

  return {
    subscription: {
      endpoint: `${origin}/of-a-browser`,
      keys: {
        p256dh: browser.getPublicKey('base64url'),
        auth: auth.toString('base64url'),
      },
    },
    origin,
    pushed,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

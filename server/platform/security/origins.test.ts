import { isAllowedOrigin } from './origins.ts';

const bare = { publicUrl: null, allowedOrigins: [] };
const published = { publicUrl: 'https://svodka.example', allowedOrigins: ['http://localhost:5173'] };

describe(isAllowedOrigin.name, () => {
  it.each([
    ['the page itself on loopback', bare, 'http://127.0.0.1:3000', '127.0.0.1:3000', true],
    ['by name', bare, 'http://localhost:3000', 'localhost:3000', true],
    ['the page itself at a LAN address', bare, 'http://192.168.1.5:3000', '192.168.1.5:3000', true],
    ['another port', bare, 'http://127.0.0.1:3001', '127.0.0.1:3000', false],
    ['a name that could be pointed here', bare, 'http://evil.example:3000', 'evil.example:3000', false],
    ['a foreign page', bare, 'https://evil.example', '127.0.0.1:3000', false],
    ['no page', bare, undefined, '127.0.0.1:3000', false],
    ['a sandboxed page', bare, 'null', '127.0.0.1:3000', false],
    ['a file', bare, 'file://', '127.0.0.1:3000', false],
    ['the public address', published, 'https://svodka.example', 'svodka.example', true],
    ['a look-alike', published, 'https://svodka.example.evil.example', 'svodka.example', false],
    ['the public name unencrypted', published, 'http://svodka.example', 'svodka.example', false],
    ['a named origin', published, 'http://localhost:5173', '127.0.0.1:3000', true],
    [
      'the machine itself beside the public address',
      published,
      'http://127.0.0.1:3000',
      '127.0.0.1:3000',
      true,
    ],
    [
      'a LAN address beside the public address',
      published,
      'http://192.168.1.5:3000',
      '192.168.1.5:3000',
      false,
    ],
  ])('%s', (_name, config, origin, host, allowed) => {
    expect(isAllowedOrigin(config, origin, host)).toBe(allowed);
  });
});

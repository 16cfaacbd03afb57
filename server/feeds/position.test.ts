import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Positions } from './position.ts';

const token = fc.stringMatching(/^[0-9a-f]{8,60}$/);
const room = fc.stringMatching(/^[\w-]{22}$/);
const ROOM = 'r'.repeat(22);

describe(Positions.name, () => {
  const positions = new Positions(randomBytes(32), 'e1');

  it('reads back what it wrote for the same room', () => {
    fc.assert(
      fc.property(token, fc.nat(2 ** 42), room, (token, boundary, room) => {
        const text = positions.format(room, { token, boundary });
        expect(positions.parse(room, text)).toEqual({ token, boundary });
        expect(text.length).toBeLessThanOrEqual(600);
      }),
    );
  });

  it('compares as a string: by the token, then by the bounds', () => {
    fc.assert(
      fc.property(token, token, fc.nat(2 ** 42), fc.nat(2 ** 42), (a, b, first, second) => {
        const one = positions.format(ROOM, { token: a, boundary: first });
        const two = positions.format(ROOM, { token: b, boundary: second });
        if (a !== b) expect(one < two).toBe(a < b);
        else if (first !== second) expect(one < two).toBe(first < second);
        else expect(one).toBe(two);
      }),
    );
  });

  it.each([
    ['another room', (text: string) => positions.parse('o'.repeat(22), text)],
    ['another epoch', (text: string) => new Positions(Buffer.alloc(32), 'e2').parse(ROOM, text)],
    ['another secret', (text: string) => new Positions(randomBytes(32), 'e1').parse(ROOM, text)],
    [
      'the name of another room in its place',
      (text: string) => positions.parse('o'.repeat(22), text.replace(ROOM, 's'.repeat(22))),
    ],
    ['a changed token', (text: string) => positions.parse(ROOM, `f${text.slice(1)}`)],
    ['a part', (text: string) => positions.parse(ROOM, text.slice(0, -1))],
    ['more', (text: string) => positions.parse(ROOM, `${text}A`)],
    ['nothing', () => positions.parse(ROOM, '')],
  ])('does not accept %s (F10)', (_, parse) => {
    expect(parse(positions.format(ROOM, { token: '82ab', boundary: 0 }))).toBeNull();
  });
});

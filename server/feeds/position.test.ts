import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Positions } from './position.ts';

const token = fc.stringMatching(/^[0-9a-f]{8,60}$/);

describe(Positions.name, () => {
  const positions = new Positions(randomBytes(32), 'e1');

  it('reads back what it wrote for the same room', () => {
    fc.assert(
      fc.property(token, fc.nat(2 ** 42), fc.string(), (token, boundary, key) => {
        const text = positions.format(key, { token, boundary });
        expect(positions.parse(key, text)).toEqual({ token, boundary });
        expect(text.length).toBeLessThanOrEqual(600);
      }),
    );
  });

  it('compares as a string: by the token, then by the bounds', () => {
    const key = 'k';
    fc.assert(
      fc.property(token, token, fc.nat(2 ** 42), fc.nat(2 ** 42), (a, b, first, second) => {
        const one = positions.format(key, { token: a, boundary: first });
        const two = positions.format(key, { token: b, boundary: second });
        if (a !== b) expect(one < two).toBe(a < b);
        else if (first !== second) expect(one < two).toBe(first < second);
        else expect(one).toBe(two);
      }),
    );
  });

  it.each([
    ['another room', (text: string) => positions.parse('other', text)],
    ['another epoch', (text: string) => new Positions(Buffer.alloc(32), 'e2').parse('k', text)],
    ['another secret', (text: string) => new Positions(randomBytes(32), 'e1').parse('k', text)],
    ['a changed token', (text: string) => positions.parse('k', `f${text.slice(1)}`)],
    ['a part', (text: string) => positions.parse('k', text.slice(0, -1))],
    ['more', (text: string) => positions.parse('k', `${text}A`)],
    ['nothing', () => positions.parse('k', '')],
  ])('does not accept %s (F10)', (_, parse) => {
    expect(parse(positions.format('k', { token: '82ab', boundary: 0 }))).toBeNull();
  });
});

import { TokenDoor } from './token-door.ts';

describe(TokenDoor.name, () => {
  let now = 0;
  let looked = 0;
  let door: TokenDoor;
  const open = (token: string, from = 'one') =>
    door.open(from, async () => {
      looked++;
      return token === 'right' ? { key: 'right' } : null;
    });
  beforeEach(() => {
    [now, looked] = [0, 0];
    door = new TokenDoor({ perSecond: 1, burst: 30 }, () => now);
  });

  it('lets what is right through beside what is wrong, from the same address', async () => {
    for (let i = 0; i < 20; i++) expect(await open('wrong')).toBe('wrong');
    expect(await open('wrong')).toBe('busy');
    expect(await open('right')).toEqual({ key: 'right' });
    expect(await open('wrong', 'another')).toBe('wrong');
    now += 60_000;
    expect(await open('wrong')).toBe('wrong');
    expect(await open('wrong')).toBe('busy');
  });

  it('looks no more for an address than so often, however wrong it is', async () => {
    for (let i = 0; i < 5_000; i++) await open('wrong');
    expect(looked).toBe(600);
    expect(await open('right')).toBe('busy');
    expect(await open('right', 'another')).toEqual({ key: 'right' });
    now += 1_000;
    expect(await open('right')).toEqual({ key: 'right' });
  });

  it('counts what is right by itself, and against no address', async () => {
    const answers = [];
    for (let i = 0; i < 1_000; i++) answers.push(await open('right', `address ${i % 2}`));
    expect(answers.filter((answer) => answer !== 'busy')).toHaveLength(30);
    expect(await open('wrong', 'address 0')).toBe('wrong');
  });
});

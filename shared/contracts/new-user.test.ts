import { NewLoginSchema } from './new-user.ts';
import { UserSchema } from './user.ts';

const reasonOf = (login: string) => NewLoginSchema.safeParse(login).error?.issues[0]?.message;

describe('the login of somebody who is new', () => {
  it.each(['anna', 'анна', 'Anna', 'anna-2', 'анна.иванова_2', '12', 'άννα'])('may be «%s»', (login) => {
    expect(reasonOf(login)).toBeUndefined();
  });

  it.each(['аnna', 'annа', 'anna-иванова', 'αnna', 'aнна'])('is of one alphabet, and not «%s»', (login) => {
    expect(reasonOf(login)).toBe('mixed-alphabets');
  });

  it.each([
    ['ａnna', 'anna'],
    ['ＡＮＮＡ', 'anna'],
    ['anna２', 'anna2'],
    ['anna٢', 'anna2'],
  ])('is kept in plain letters and digits: «%s»', (said, login) => {
    expect(NewLoginSchema.parse(said)).toBe(login);
  });

  it('leaves those who are there already what they are called', () => {
    expect(UserSchema.shape.login.safeParse('аnna').success).toBe(true);
  });
});

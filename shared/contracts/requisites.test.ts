import { CounterpartyCreateSchema } from './counterparty.ts';
import { reasonsFrom } from './issues.ts';
import { e164 } from './phone.ts';
import { isInn, isOgrn } from './requisites.ts';

const wrongOf = (fields: object) => {
  const { error } = CounterpartyCreateSchema.safeParse({ name: 'x', ...fields });
  return reasonsFrom(error?.issues ?? []).map(({ field, reason }) => [field, reason]);
};

describe('numbers of the state', () => {
  it.each(['7707083893', '7736050003', '500100732259'])('%s is an INN', (inn) =>
    expect(isInn(inn)).toBe(true),
  );
  it.each(['1027700132195', '304500116000157'])('%s is an OGRN', (ogrn) => expect(isOgrn(ogrn)).toBe(true));

  it.each([
    ['7707083893', isInn],
    ['500100732259', isInn],
    ['1027700132195', isOgrn],
    ['304500116000157', isOgrn],
  ] as const)('no other last digit goes with %s', (right, isRight) => {
    const last = Number(right.at(-1));
    for (let by = 1; by < 10; by++) expect(isRight(right.slice(0, -1) + ((last + by) % 10))).toBe(false);
  });

  it('say at their field what is wrong', () => {
    expect(wrongOf({ inn: '7707083894', kpp: '12', ogrn: '1027700132196' })).toEqual([
      ['inn', 'inn-check'],
      ['kpp', 'kpp'],
      ['ogrn', 'ogrn-check'],
    ]);
    expect(wrongOf({ inn: '77', ogrn: '1' })).toEqual([
      ['inn', 'inn'],
      ['ogrn', 'ogrn'],
    ]);
    expect(wrongOf({ inn: '7707 083893', kpp: ' 773601001', ogrn: '1027700132195' })).toEqual([]);
  });
});

describe('phones', () => {
  it.each([
    ['8 (916) 718-30-51', '+79167183051'],
    ['+7 916 718 30 51', '+79167183051'],
    ['79167183051', '+79167183051'],
    ['9167183051', '+79167183051'],
    ['8-495-123-45-67', '+74951234567'],
    ['+375 29 123-45-67', '+375291234567'],
  ])('%s is %s', (text, phone) => expect(e164(text)).toBe(phone));

  it.each([
    '718-30-51',
    'звонить вечером',
    '',
    '+7 495 123-45-67 доб. 12',
    'тел. 89167183051',
    '12',
    '8 (916) 718-30-5',
  ])('%p is none', (text) => expect(e164(text)).toBeNull());

  it('say at their field what is wrong', () => {
    expect(wrongOf({ phones: ['+79167183051', '123'], contacts: [{ name: '', phones: ['1'] }] })).toEqual([
      ['phones.1', 'phone'],
      ['contacts.0.name', 'empty'],
      ['contacts.0.phones.0', 'phone'],
    ]);
  });
});

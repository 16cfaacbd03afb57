import { ERASED, Identifiers } from './identifiers.ts';

const known = new Identifiers([
  {
    names: ['Семён Палёный', 'Весна'],
    phones: ['+79165553007', '203'],
    emails: ['S.Paleny-2@Mail.example'],
    numbers: ['7707083893'],
    addresses: ['Тверская ул., 12, кв. 5'],
  },
]);

describe(Identifiers.name, () => {
  it.each([
    ['+7 916 555-30-07', ERASED],
    ['8 (916) 555 30 07, вечером', `${ERASED}, вечером`],
    ['т.89165553007.', `т.${ERASED}.`],
    ['9165553007', ERASED],
    ['+7 (916)\u00a0555\u201130\u201107', ERASED],
    ['пишите: s.paleny-2@mail.example!', `пишите: ${ERASED}!`],
    ['ИНН 7707083893', `ИНН ${ERASED}`],
    ['звонил семен  паленый', `звонил ${ERASED}`],
    ['адрес тверская ул., 12, кв. 5', `адрес ${ERASED}`],
  ])('takes itself out of «%s»', (text, left) => {
    expect(known.redact(text)).toBe(left);
    expect(known.redact(left)).toBe(left);
  });

  it.each(['Весна пришла', 'каб. 203', '+7 916 555-30-08', '79165553007123', '17707083893', 'семён'])(
    'leaves «%s»',
    (text) => {
      expect(known.redact(text)).toBe(text);
    },
  );

  it('knows who called, however the number is written', () => {
    expect(known.calls('8 (916) 555-30-07 доб. 15')).toBe(true);
    expect(known.calls('+7 916 555-30-08')).toBe(false);
    expect(known.calls(undefined)).toBe(false);
  });

  it('counts in bytes, also a phone from the right', () => {
    expect(known.countIn(Buffer.from('9165553007 and ~7003555619 and 7707083893'))).toBe(3);
  });
});

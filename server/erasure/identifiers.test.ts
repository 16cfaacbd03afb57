import { ERASED, Identifiers } from './identifiers.ts';

const known = new Identifiers([
  {
    names: ['Палёный Семён Ильич', 'Весна', 'ООО «Речной дом»'],
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
    ['для Палёного С. И. — нет; Палёный С.И.', `для Палёного С. И. — нет; ${ERASED}.`],
    ['Семён Ильич Палёный, палёный семён', `${ERASED}, ${ERASED}`],
    ['от ООО "Речной дом"', `от ООО "${ERASED}"`],
    ['916/555/30/07', ERASED],
    ['Тверская ул. 12 кв 5', ERASED],
    ['адрес тверская ул., 12, кв. 5', `адрес ${ERASED}`],
  ])('takes itself out of «%s»', (text, left) => {
    expect(known.redact(text)).toBe(left);
    expect(known.redact(left)).toBe(left);
  });

  it.each([
    'Весна пришла',
    'каб. 203',
    '+7 916 555-30-08',
    '79165553007123',
    '17707083893',
    'семён',
    'petr.s.paleny-2@mail.example',
    's.paleny-2@mail.example.org',
    'Тверская ул., 12, кв. 5/2',
  ])('leaves «%s»', (text) => {
    expect(known.redact(text)).toBe(text);
  });

  it('knows who called, however the number is written', () => {
    expect(known.calls('8 (916) 555-30-07 доб. 15')).toBe(true);
    expect(known.calls('+7 916 555-30-08')).toBe(false);
    expect(known.calls(undefined)).toBe(false);
  });

  it('leaves names and addresses that somebody else has', () => {
    const one = {
      names: ['Иванова Анна'],
      phones: [],
      emails: [],
      numbers: [],
      addresses: ['Речная ул., 4'],
    };
    const shared = new Identifiers([one], ['ИВАНОВА АННА', 'Речная ул., 4, кв. 17']);
    expect(shared.redact('Иванова Анна, Речная ул., 4')).toBe('Иванова Анна, Речная ул., 4');
    expect(new Identifiers([one]).redact('Иванова Анна, Речная ул., 4')).toBe(`${ERASED}, ${ERASED}`);
  });

  it('reads a long text with hundreds of addresses in passing', () => {
    const addresses = Array.from({ length: 300 }, (_, i) => `Линия ${i}, дом ${i % 7}`);
    const dealer = new Identifiers([{ names: [], phones: [], emails: [], numbers: [], addresses }]);
    const before = process.cpuUsage();
    for (let i = 0; i < 2_000; i++) dealer.redact(`Просили перезвонить завтра утром, номер ${i} из списка`);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
    expect(dealer.redact('привезти: линия 12, дом 5')).toBe(`привезти: ${ERASED}`);
  });

  it('counts in bytes, also a phone from the right', () => {
    expect(known.countIn(Buffer.from('+79165553007 and ~7003555619 and 7707083893'))).toBe(3);
    expect(known.countIn(Buffer.from('009165553007 and 17707083893'))).toBe(0);
  });
});

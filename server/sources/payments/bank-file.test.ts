import { ENCODINGS } from '@svodka/shared/contracts/table';
import { bankDocument, bankFile, OWN_ACCOUNT } from '../../../test/support/bank.ts';
import { encode } from '../../../test/support/encode.ts';
import { readBankFile } from './bank-file.ts';

const read = (text: string) => readBankFile(Buffer.from(text));

describe(readBankFile, () => {
  it('reads a file in each encoding that banks use', () => {
    const text = bankFile([bankDocument()]).replaceAll('«', '"').replaceAll('»', '"');
    const utf8 = readBankFile(Buffer.from(`\ufeff${text}`));
    expect(utf8).toMatchObject({
      encoding: 'utf-8',
      accounts: [OWN_ACCOUNT],
      from: '2026-03-01',
      to: '2026-03-31',
      isCut: false,
      documents: 1,
      faults: [],
      payments: [
        {
          line: 13,
          docNo: '1182',
          on: '2026-03-14',
          amountKop: 18_430_000,
          payer: 'ООО "Ромашка"',
          inn: '7701234560',
          kpp: '770101001',
          purpose: 'Оплата по счету без НДС',
        },
      ],
    });
    for (const encoding of ENCODINGS)
      expect(readBankFile(encode(text, encoding, { mark: encoding.startsWith('utf') }))).toEqual({
        ...utf8,
        encoding,
      });
    // One damaged byte does not make another encoding of it.
    const bytes = Buffer.from(text);
    bytes[bytes.indexOf('Ромашка') + 1] = 0xff;
    const { encoding, payments } = readBankFile(bytes);
    expect([encoding, payments[0]?.amountKop]).toEqual(['utf-8', utf8.payments[0]?.amountKop]);
  });

  it('takes what comes in, and counts what goes out or from one own account to another', () => {
    const file = read(
      bankFile([
        bankDocument(),
        bankDocument({ ПлательщикСчет: OWN_ACCOUNT, ПолучательСчет: '40702810100000000099' }),
        bankDocument({ ПлательщикСчет: OWN_ACCOUNT }),
      ]),
    );
    expect([file.payments.length, file.outgoing, file.own]).toEqual([1, 1, 1]);
    const nameless = bankFile([
      bankDocument(),
      bankDocument({ ДатаПоступило: '', ДатаСписано: '14.03.2026' }),
    ]).replaceAll(`РасчСчет=${OWN_ACCOUNT}`, 'РасчСчет=');
    expect([read(nameless).payments.length, read(nameless).outgoing]).toEqual([1, 1]);
  });

  it('knows the person whose bank pays for them', () => {
    const Плательщик = 'ПАО БАНК//Белова Инна Петровна//Москва, Лесная 14//';
    expect(read(bankFile([bankDocument({ Плательщик })])).payments[0]?.payer).toBe('Белова Инна Петровна');
  });

  it('tells each fault by its line, and takes the rest', () => {
    const file = read(
      bankFile([
        bankDocument({ ДатаПоступило: '31.02.2026' }),
        bankDocument({ Сумма: 'много' }),
        bankDocument({ Сумма: '-5.00' }),
        bankDocument({}, ''),
        bankDocument({ Сумма: '1 234,50 ₽' }),
      ]),
    );
    expect(file.faults.map(({ line, column, reason, value }) => [line, column, reason, value])).toEqual([
      [52, 'СекцияДокумент', 'no-end', ''],
      [18, 'ДатаПоступило', 'no-such-date', '31.02.2026'],
      [29, 'Сумма', 'amount', 'много'],
      [42, 'Сумма', 'amount', '-5.00'],
    ]);
    expect(file.payments.map(({ amountKop }) => amountKop)).toEqual([123_450]);
  });

  it('takes what came whole of a file that was cut at any place', () => {
    const text = bankFile([bankDocument(), bankDocument({ Номер: '1183' })]);
    const bytes = Buffer.from(text);
    const whole = readBankFile(bytes);
    for (let at = 40; at < bytes.length - 25; at++) {
      const cut = readBankFile(bytes.subarray(0, at));
      expect(cut.isCut).toBe(true);
      expect(whole.payments).toEqual(expect.arrayContaining(cut.payments));
    }
  });

  it.each(['', '\r\n\r\n', 'Дата;Сумма\r\n', '{"a":1}', 'PK\u0003\u0004'])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'validation' }));
  });
});

/** What a bank's client writes, with invented payers. */
export const OWN_ACCOUNT = '40702810900000000001';

export type BankDraft = Partial<Record<string, string>>;

export const bankDocument = (fields: BankDraft = {}, end = 'КонецДокумента'): string =>
  [
    'СекцияДокумент=Платежное поручение',
    ...Object.entries({
      Номер: '1182',
      Дата: '13.03.2026',
      Сумма: '184300.00',
      ПлательщикСчет: '40702810100000007701',
      ДатаПоступило: '14.03.2026',
      Плательщик: 'ИНН 7701234560 ООО «Ромашка»',
      ПлательщикИНН: '7701234560',
      ПлательщикКПП: '770101001',
      ПолучательСчет: OWN_ACCOUNT,
      Получатель: 'ООО «Окна»',
      НазначениеПлатежа: 'Оплата по счету без НДС',
      ...fields,
    }).map(([key, value]) => `${key}=${value}`),
    ...(end ? [end] : []),
  ].join('\r\n');

export const bankFile = (
  documents: readonly string[],
  { end = 'КонецФайла', encoding = 'Windows' } = {},
): string =>
  [
    '1CClientBankExchange',
    'ВерсияФормата=1.03',
    `Кодировка=${encoding}`,
    'Отправитель=Клиент-банк',
    'ДатаНачала=01.03.2026',
    'ДатаКонца=31.03.2026',
    `РасчСчет=${OWN_ACCOUNT}`,
    'СекцияРасчСчет',
    'ДатаНачала=01.03.2026',
    `РасчСчет=${OWN_ACCOUNT}`,
    'НачальныйОстаток=0.00',
    'КонецРасчСчет',
    ...documents,
    ...(end ? [end] : []),
  ].join('\r\n');

// The exchange of banks and 1C (1CClientBankExchange): lines of «Key=Value», sections of accounts and of documents. Read
// whole, because such a file is small and a bank's own faults are told by the line.

import { AppError } from '@svodka/shared/contracts/errors';
import type { FileFault, PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { PAYMENTS_LIMITS } from '@svodka/shared/contracts/payments';
import { isInn } from '@svodka/shared/contracts/requisites';
import { parseAmount } from '@svodka/shared/rules/amount';
import { DateTime } from 'luxon';
import { refused } from '../../platform/errors/contract-error.ts';
import { EncodingCount } from '../reading/encoding.ts';

const FIRST_LINE = '1CClientBankExchange';
const LAST_LINE = 'КонецФайла';
const ACCOUNT_SECTION = 'СекцияРасчСчет';
const ACCOUNT_END = 'КонецРасчСчет';
const DOCUMENT_SECTION = 'СекцияДокумент';
const DOCUMENT_END = 'КонецДокумента';
/** What is read of a line, characters: a purpose has 210. */
const LINE_LENGTH = 2_000;
const VALUE_SHOWN = 200;

/** One payment as the file has it. */
export type BankPayment = {
  line: number;
  docNo: string;
  on: string;
  amountKop: number;
  payer: string;
  inn: string | null;
  kpp: string | null;
  payerAccount: string;
  account: string;
  purpose: string;
};

export type BankFile = Pick<PaymentsAnswer, 'encoding' | 'accounts' | 'from' | 'to' | 'isCut'> & {
  documents: number;
  outgoing: number;
  own: number;
  payments: BankPayment[];
  faults: FileFault[];
};

type Field = { line: number; value: string };
type Section = { line: number; fields: Map<string, Field> };

/** @throws AppError `validation` when it is no such file, `too-large` when it holds too many documents */
export function readBankFile(bytes: Uint8Array): BankFile {
  const { text, encoding } = decoded(bytes);
  const lines = text.split(/\r\n|\n|\r/);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) throw refused('file', 'empty-file');
  if (lines[first]?.trim() !== FIRST_LINE) throw refused('file', 'not-bank-file');
  const { head, accounts, documents, faults, isCut } = sectionsOf(lines, first + 1);
  if (documents.length > PAYMENTS_LIMITS.documents) throw new AppError('too-large', '#bank-documents');
  const own = new Set(accounts);
  const file: BankFile = {
    encoding,
    accounts: [...own],
    from: dayOf(head.get('ДатаНачала')?.value ?? ''),
    to: dayOf(head.get('ДатаКонца')?.value ?? ''),
    isCut,
    documents: documents.length,
    outgoing: 0,
    own: 0,
    payments: [],
    faults,
  };
  for (const document of documents) {
    const way = wayOf(document, own);
    if (way !== 'in') file[way]++;
    else {
      const payment = paymentOf(document);
      if ('reason' in payment) faults.push(payment);
      else file.payments.push(payment);
    }
  }
  return file;
}

/** The file says «Windows» or «DOS» in a line that can only be read by who knows it already: so its letters decide. */
function decoded(bytes: Uint8Array): { text: string; encoding: BankFile['encoding'] } {
  const count = new EncodingCount();
  count.add(bytes);
  const { encoding } = count.found;
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

/** Whether a file that begins as one of a bank lacks its last line. */
export function isCutFile(bytes: Uint8Array): boolean {
  const { text } = decoded(bytes);
  return (
    text
      .trimStart()
      .replace(/^\ufeff/, '')
      .startsWith(FIRST_LINE) && !text.includes(LAST_LINE)
  );
}

function sectionsOf(lines: readonly string[], from: number) {
  const head = new Map<string, Field>();
  const accounts: string[] = [];
  const documents: Section[] = [];
  const faults: FileFault[] = [];
  // One at most.
  const opened: (Section & { isDocument: boolean })[] = [];
  let isEnded = false;
  const lose = (section: Section) =>
    faults.push({ line: section.line, column: DOCUMENT_SECTION, reason: 'no-end', value: '' });
  const close = (how: 'whole' | 'lost') => {
    const section = opened.pop();
    if (!section?.isDocument) return;
    if (how === 'whole') documents.push(section);
    else lose(section);
  };
  const begin = (line: number, isDocument: boolean) => {
    close('lost');
    opened.push({ line, isDocument, fields: new Map() });
  };
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').slice(0, LINE_LENGTH).replaceAll('\0', '').trim();
    const eq = line.indexOf('=');
    const key = (eq < 0 ? line : line.slice(0, eq)).trim();
    const field = { line: at + 1, value: eq < 0 ? '' : line.slice(eq + 1).trim() };
    if (key === '') continue;
    if (key === LAST_LINE) {
      isEnded = true;
      break;
    }
    if (key === ACCOUNT_SECTION || key === DOCUMENT_SECTION) begin(field.line, key === DOCUMENT_SECTION);
    else if (key === DOCUMENT_END || key === ACCOUNT_END) close('whole');
    else {
      const [open] = opened;
      if (key === 'РасчСчет' && !open?.isDocument && field.value) accounts.push(field.value);
      (open?.fields ?? head).set(key, field);
    }
  }
  close('lost');
  return { head, accounts, documents, faults, isCut: !isEnded };
}

const textOf = ({ fields }: Section, ...keys: string[]): string =>
  keys.map((key) => fields.get(key)?.value).find(Boolean) ?? '';

/** Where the money goes, by the company's own accounts; where the file names none of them, by which date it bears. */
function wayOf(document: Section, own: Set<string>): 'in' | 'outgoing' | 'own' {
  const isTo = own.has(textOf(document, 'ПолучательСчет', 'ПолучательРасчСчет'));
  const isFrom = own.has(textOf(document, 'ПлательщикСчет', 'ПлательщикРасчСчет'));
  if (isTo && isFrom) return 'own';
  if (isTo || isFrom) return isTo ? 'in' : 'outgoing';
  return textOf(document, 'ДатаПоступило') && !textOf(document, 'ДатаСписано') ? 'in' : 'outgoing';
}

function dayOf(text: string): string | null {
  const day = DateTime.fromFormat(text.trim(), 'd.M.yyyy', { zone: 'utc' });
  return day.isValid && day.year >= 1990 && day.year <= 2100 ? day.toISODate() : null;
}

function paymentOf(document: Section): BankPayment | FileFault {
  const fault = (keys: string[], reason: string): FileFault => {
    const column = keys.find((key) => document.fields.get(key)?.value) ?? keys[0] ?? '';
    const { line, value } = document.fields.get(column) ?? { line: document.line, value: '' };
    return { line, column, reason, value: value.slice(0, VALUE_SHOWN) };
  };
  const days = ['ДатаПоступило', 'Дата'];
  const day = textOf(document, ...days);
  const on = dayOf(day);
  if (!on) return fault(days, day === '' ? 'required' : /^\d/.test(day) ? 'no-such-date' : 'not-a-time');
  const sum = textOf(document, 'Сумма');
  const amountKop = parseAmount(sum);
  if (amountKop === null || amountKop <= 0) return fault(['Сумма'], sum === '' ? 'required' : 'amount');
  const inn = textOf(document, 'ПлательщикИНН').replace(/\D/g, '');
  const payer = textOf(document, 'Плательщик1', 'Плательщик');
  return {
    line: document.line,
    docNo: textOf(document, 'Номер').slice(0, 60),
    on,
    amountKop,
    payer: nameOf(payer, inn),
    inn: isInn(inn) ? inn : null,
    kpp: textOf(document, 'ПлательщикКПП') || null,
    payerAccount: textOf(document, 'ПлательщикСчет', 'ПлательщикРасчСчет').replace(/\D/g, '').slice(0, 20),
    account: textOf(document, 'ПолучательСчет', 'ПолучательРасчСчет').replace(/\D/g, '').slice(0, 20),
    purpose: [textOf(document, 'НазначениеПлатежа'), textOf(document, 'НазначениеПлатежа2')]
      .filter(Boolean)
      .join(' ')
      .slice(0, 1_000),
  };
}

/** «ИНН 7701234560 ООО «Ромашка»» names the number once more; «ПАО Банк//Иванов Иван//Москва, …» the person in it. */
function nameOf(payer: string, inn: string): string {
  const [bank = '', person = ''] = payer.replace(/^(?:ИНН\s*)?\d{10,12}\s+/i, '').split('//');
  return (person.trim() || bank.trim() || (inn && `ИНН ${inn}`) || '—').slice(0, 160);
}

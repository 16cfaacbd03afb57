// What a cell of a table means, by what its column is. What cannot be read is a fault of the cell and says nothing.
import { EmailSchema } from '@svodka/shared/contracts/email';
import { PhoneSchema } from '@svodka/shared/contracts/phone';
import { InnSchema, KppSchema } from '@svodka/shared/contracts/requisites';
import type { TableTarget } from '@svodka/shared/contracts/tables';
import { parseAmount } from '@svodka/shared/rules/amount';
import type { Cell } from '@svodka/shared/rules/tables/diff';
import { dayIn, noDate, readDate, saysNoDate } from '../reading/dates.ts';
import { oneLine } from '../reading/values.ts';

export type Read = { cell: Cell } | { reason: string };

const NO = /^(?:0|0[.,]0+|нет|не|no|n|false|ложь|-)$/iu;
const YES = /^(?:да|yes|y|true|истина|\+|x|х|v|✓|√|\d+(?:[.,]\d+)?)$/iu;
const LENGTH: Partial<Record<TableTarget, number>> = { note: 4_000, confidentialNote: 4_000, address: 300 };

const schemaRead = (
  schema: { safeParse(text: string): { success: boolean; data?: string } },
  text: string,
  reason: string,
): Read => {
  const { success, data } = schema.safeParse(text);
  return success && data !== undefined ? { cell: data } : { reason };
};

function day(text: string, zone: string): Read {
  const wall = readDate(text, 'dmy');
  if (!wall) return { reason: noDate(text) };
  const cell = dayIn(wall, zone);
  return cell ? { cell } : { reason: 'year' };
}

function mark(text: string, zone: string): Read {
  if (NO.test(text)) return { cell: null };
  if (YES.test(text)) return { cell: true };
  const on = day(text, zone);
  return 'cell' in on ? on : { reason: 'unknown-value' };
}

export function readCell(target: TableTarget, raw: string, zone: string): Read {
  const text = raw.trim();
  if (text === '') return { cell: null };
  switch (target) {
    case 'reserved':
    case 'launched':
      return saysNoDate(text) ? { cell: null } : mark(text, zone);
    case 'launchedOn':
    case 'plannedOn':
    case 'installOn':
    case 'registeredOn':
      return saysNoDate(text) ? { cell: null } : day(text, zone);
    case 'paid':
    case 'amount': {
      const kopecks = parseAmount(text);
      return kopecks === null || kopecks < 0 ? { reason: 'amount' } : { cell: kopecks };
    }
    case 'inn':
      return schemaRead(InnSchema, text, 'inn');
    case 'kpp':
      return schemaRead(KppSchema, text, 'kpp');
    case 'phone':
      return schemaRead(PhoneSchema, text, 'phone');
    case 'email':
      return schemaRead(EmailSchema, text, 'email');
    case 'note':
    case 'confidentialNote':
      return { cell: text.replaceAll('\u0000', '').slice(0, LENGTH[target]) };
    default:
      return {
        cell:
          oneLine(text)
            .trim()
            .slice(0, LENGTH[target] ?? 200) || null,
      };
  }
}

import { wordOf } from '@svodka/shared/contracts/import-words';
import type { PayloadField } from '@svodka/shared/contracts/payload';
import { calledPhone } from '@svodka/shared/contracts/phone';
import { parseAmount } from '@svodka/shared/rules/amount';
import { type DayMonth, readDate, saysNoDate } from '../reading/dates.ts';
import { readNumber } from '../reading/values.ts';
import { byWord } from './words.ts';

const two = (value: number) => String(value).padStart(2, '0');

/** «3:34», «1:02:03», «22 ч 06 мин», seconds; in milliseconds. */
function duration(text: string): number | null {
  const clock = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$/.exec(text);
  if (clock) return ((Number(clock[1] ?? 0) * 60 + Number(clock[2])) * 60 + Number(clock[3])) * 1000;
  const words =
    /^(?:(\d+) ?(?:ч|час\p{L}*|h)\.?)? ?(?:(\d+) ?(?:м|мин\p{L}*|min|m)\.?)? ?(?:(\d+) ?(?:с|сек\p{L}*|sec|s)\.?)?$/iu.exec(
      text.replace(/\s+/g, ' '),
    );
  if (words && (words[1] ?? words[2] ?? words[3]) !== undefined)
    return ((Number(words[1] ?? 0) * 60 + Number(words[2] ?? 0)) * 60 + Number(words[3] ?? 0)) * 1000;
  const seconds = readNumber(text);
  return seconds === null ? null : Math.round(seconds * 1000);
}

/** A cell as a field of an event holds it; undefined: it is not of that kind. */
export function typedValue(field: PayloadField, text: string, order: DayMonth): unknown {
  const plain = text.replace(/[\u00a0\u202f]/g, ' ').trim();
  const number = () => readNumber(plain.replace(/(?:(?<!\s)\s+)?(?:м²|м2|кв\.?\s*м\.?|%|шт\.?)$/i, ''));
  switch (field.kind) {
    case 'money':
      return parseAmount(plain) ?? undefined;
    case 'duration':
      return duration(plain) ?? undefined;
    case 'phone':
      return calledPhone(plain) ?? undefined;
    case 'date': {
      const wall = saysNoDate(plain) ? null : readDate(plain, order);
      return wall ? `${wall.year}-${two(wall.month)}-${two(wall.day)}` : undefined;
    }
    case 'choice':
      return byWord(`payload.${field.name}`, field.options ?? []).get(wordOf(plain));
    case 'openings':
    case 'person':
      return undefined;
    case 'line':
    case 'crew':
      return plain.replace(/\s+/g, ' ');
    case 'text':
      return text;
    default:
      return number() ?? undefined;
  }
}

// A phone of a call as an event keeps it. It is in the first screen, so it knows no numbering plans (`phone.ts` does).
import { z } from 'zod';
import { withoutUnseen } from './common.ts';

/** «доб.15», «(доб. 15)», «ext 15», «#15»: who is asked for behind a number. */
const EXTENSION =
  /(?:(?<![\s,;(])[\s,;(]+)?(?:доб(?:авочн\p{L}{0,5})?\.?|вн(?:утр)?\.?|ext\.?|#)\s*(\d{1,6})\)?$/iu;
const WRITTEN = /^\+?[0-9 ()-]{3,24}(?: доб\. \d{1,6})?$/;
const MAX = 60;

/** A number and its extension, with blanks and dashes of one kind. */
export function phoneParts(text: string): { number: string; extension: string | undefined } {
  const plain = withoutUnseen(text)
    .replace(/\s/g, ' ')
    .replace(/[\p{Pd}\u2212]/gu, '-');
  const behind = EXTENSION.exec(plain);
  return { number: plain.slice(0, behind?.index).trim(), extension: behind?.[1] };
}

/** A phone in whatever way people write it, as digits, blanks and hyphens; what is that already stays as it is. */
function asKept(text: string): string {
  if (WRITTEN.test(text) || text.length > MAX) return text;
  const { number, extension } = phoneParts(text);
  const dialled = number.replace(/(?<=\d)\.\s?(?=\d)/g, '-');
  return extension ? `${dialled} доб. ${extension}` : dialled;
}

export const CalledPhoneSchema = z.string().max(MAX).overwrite(asKept).regex(WRITTEN, { error: 'phone' });

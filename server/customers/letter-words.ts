// The words of letters to customers, with places for what is public.
import { LETTER_FIELDS, type LetterField } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';

/** `{number}`, or a brace that begins or ends nothing. */
const PLACES = /\{([^{}\n]*)\}|[{}]/gu;

const isField = (name: string): name is LetterField => (LETTER_FIELDS as readonly string[]).includes(name);

/** @throws AppError `validation` with the position of what is no field of a letter */
export function checkWords(field: 'subject' | 'text', words: string): void {
  for (const { 0: found, 1: name, index: position } of words.matchAll(PLACES)) {
    if (name !== undefined && isField(name)) continue;
    const reason = name === undefined ? 'letter-brace' : 'letter-field';
    throw new AppError('validation', `${field}: ${reason} at ${position}`, [
      { field, reason, position, length: found.length, expected: [...LETTER_FIELDS] },
    ]);
  }
}

/** Words with what they name in its place. A line that names what there is nothing to say of is left out. */
export function filled(words: string, values: Readonly<Record<LetterField, string | null>>): string {
  const said = words.split('\n').flatMap((line) => {
    let isMute = false;
    const text = line.replace(PLACES, (found, name?: string) => {
      const value = name !== undefined && isField(name) ? values[name] : found;
      isMute ||= value === null;
      return value ?? '';
    });
    return isMute ? [] : [text];
  });
  return said.join('\n').trim();
}

// The words of letters to customers, with places for what is public.
import { LETTER_FIELDS, type LetterField } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';

/** `{number}`, or a brace that begins or ends nothing. */
const PLACES = /\{([^{}\n]*)\}|[{}]/gu;

const isField = (name: string): name is LetterField => (LETTER_FIELDS as readonly string[]).includes(name);

/** @throws AppError `validation` with the position of each that is no field of a letter */
export function checkWords(field: 'subject' | 'text', words: string): void {
  const details = [...words.matchAll(PLACES)].flatMap(({ 0: found, 1: name, index: position }) => {
    if (name !== undefined && isField(name)) return [];
    const reason = name === undefined ? 'letter-brace' : 'letter-field';
    return [{ field, reason, position, length: found.length, expected: [...LETTER_FIELDS] }];
  });
  const [first] = details;
  if (first) throw new AppError('validation', `${field}: ${first.reason} at ${first.position}`, details);
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

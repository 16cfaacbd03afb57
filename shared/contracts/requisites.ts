// Numbers by which the state knows a person or a firm. Their last digits follow from the others, so that a slip is seen.
import { z } from 'zod';

const weighed = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0);

const INN_10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12 = [
  [7, ...INN_10],
  [3, 7, ...INN_10],
];

/** Of firms ten digits, of persons twelve. */
export function isInn(text: string): boolean {
  if (/^\d{10}$/.test(text)) return (weighed(text, INN_10) % 11) % 10 === Number(text[9]);
  if (!/^\d{12}$/.test(text)) return false;
  return INN_12.every((weights) => (weighed(text, weights) % 11) % 10 === Number(text[weights.length]));
}

/** Of firms thirteen digits, of entrepreneurs fifteen. */
export function isOgrn(text: string): boolean {
  if (!/^(?:\d{13}|\d{15})$/.test(text)) return false;
  const body = Number(text.slice(0, -1));
  return (body % (text.length - 2)) % 10 === Number(text.at(-1));
}

/** Nine characters without a digit to check. */
export const isKpp = (text: string): boolean => /^\d{4}[\dA-Z]{2}\d{3}$/.test(text);

const number = (shape: RegExp, reason: string, isRight: (text: string) => boolean) =>
  z
    .string()
    .transform((text) => text.replace(/\s/g, ''))
    .pipe(
      z
        .string()
        .regex(shape, { error: reason, abort: true })
        .refine(isRight, { error: `${reason}-check` }),
    );

export const InnSchema = number(/^(?:\d{10}|\d{12})$/, 'inn', isInn);
export const OgrnSchema = number(/^(?:\d{13}|\d{15})$/, 'ogrn', isOgrn);
export const KppSchema = z.string().trim().toUpperCase().refine(isKpp, { error: 'kpp' });

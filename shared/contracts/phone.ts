import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { withoutUnseen } from './common.ts';

/** The country of a number that names none. */
const HOME = 'RU';

/** «8 (916)…», the 8 that one dials before a number at home, with a digit too few: without it the 8 would pass for one. */
const CUT = /^\s*8[\s(-](?:\D*\d){9}\D*$/;

/** A phone as everything keeps it and search compares it, `+79161234567`; null: it is none. */
export function e164(text: string): string | null {
  if (CUT.test(text)) return null;
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: HOME, extract: false });
  return parsed?.isPossible() && !parsed.ext ? parsed.number : null;
}

/** «доб.15», «(доб. 15)», «ext 15», «#15»: who is asked for behind a number. */
const EXTENSION = /^(.*?)[\s,;(]*(?:доб(?:авочн\p{L}*)?\.?|вн(?:утр)?\.?|ext\.?|#)\s*(\d{1,6})\)?$/iu;
/** Digits that may be dialled though they are nobody's phone: a number inside the house. */
const DIALLED = /^\+?[0-9 ()-]{3,24}$/;

/** A phone of a call, `+74957030001 доб. 15`, or digits of no country; null: it is none. */
export function calledPhone(text: string): string | null {
  const plain = withoutUnseen(text)
    .replace(/\s/g, ' ')
    .replace(/[\p{Pd}\u2212]/gu, '-');
  const [, number = plain, extension] = EXTENSION.exec(plain) ?? [];
  const phone = e164(number) ?? (DIALLED.test(number.trim()) ? number.trim() : null);
  return phone && (extension ? `${phone} доб. ${extension}` : phone);
}

const WRITTEN = /^\+?[0-9 ()-]{3,24}(?: доб\. \d{1,6})?$/;
const CALLED_MAX = 60;

/**
 * A phone of a call, in whatever way people write it. What is digits, blanks and hyphens already stays as it was written:
 * a program that says the same again has no news.
 */
export const CalledPhoneSchema = z
  .string()
  .max(CALLED_MAX)
  .overwrite((text) => (WRITTEN.test(text) || text.length > CALLED_MAX ? text : (asKept(text) ?? text)))
  .regex(WRITTEN, { error: 'phone' });

function asKept(text: string): string | null {
  const seen = withoutUnseen(text);
  return WRITTEN.test(seen) ? seen : calledPhone(seen);
}

/** A phone in whatever way people write it. */
export const PhoneSchema = z
  .string()
  .max(60)
  .transform((text, context) => {
    const phone = e164(text);
    if (phone) return phone;
    context.addIssue({ code: 'custom', message: 'phone', input: text });
    return z.NEVER;
  });

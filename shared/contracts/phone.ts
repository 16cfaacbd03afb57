import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { phoneParts } from './called-phone.ts';

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

/** Digits that may be dialled though they are nobody's phone: a number inside the house. */
const DIALLED = /^\+?[0-9 ()-]{3,24}$/;

/** A phone of a call from a file, `+74957030001 доб. 15`, or digits of no country; null: it is none. */
export function calledPhone(text: string): string | null {
  const { number, extension } = phoneParts(text);
  const phone = e164(number) ?? (DIALLED.test(number) ? number : null);
  return phone && (extension ? `${phone} доб. ${extension}` : phone);
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

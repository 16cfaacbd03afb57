import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';

/** The country of a number that names none. */
const HOME = 'RU';

/** A phone as everything keeps it and search compares it, `+79161234567`; null: it is none. */
export function e164(text: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: HOME, extract: false });
  return parsed?.isPossible() && !parsed.ext ? parsed.number : null;
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

import { z } from 'zod';

/** What is seen of an address by a mail server: ASCII, a name of a domain in its coded form. */
const PLAIN =
  /^(?:[a-z0-9_'+-]+\.)*[a-z0-9_'+-]*[a-z0-9_+-]@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)$/;
const NAMED = /^[^<>@]*<\s*(?:mailto:)?([^<>\s]+)\s*>$/i;
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const UNSEEN = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const MAX = 254;

/** A name that holds letters of both alphabets is a slip: «mаil.ru» with a Cyrillic «а» is nobody's. */
const isMixed = (label: string): boolean => /[a-z]/.test(label) && /\p{Script=Cyrillic}/u.test(label);

/** A domain as mail servers look it up: `окна.рф` is `xn--80atjc.xn--p1ai`. */
function coded(domain: string): string {
  if (!DOMAIN.test(domain) || domain.split('.').some(isMixed)) return '';
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
}

/**
 * The one mailbox that a text names, in lower case; null: it names none, or several. A domain stays as it was written, a
 * name around the address goes. Before the @ only what every mail server takes.
 */
function mailboxIn(text: string): string | null {
  const bare = text.replace(UNSEEN, '').trim();
  const address = (NAMED.exec(bare)?.[1] ?? bare.replace(/^mailto:/i, '')).toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > MAX) return null;
  return PLAIN.test(`${address.slice(0, at)}@${coded(address.slice(at + 1))}`) ? address : null;
}

/** The mailboxes in a text that may hold several, and whether it holds nothing else. */
export function mailboxesIn(text: string): { mailboxes: string[]; isAll: boolean } {
  let isAll = true;
  const mailboxes = text
    .split(/[,;\n]+/)
    .filter((piece) => piece.trim() !== '')
    .flatMap((piece) => {
      const one = mailboxIn(piece);
      if (one !== null) {
        if (NAMED.test(piece.trim())) isAll = false;
        return [one];
      }
      return piece.split(/\s+/).flatMap((word) => {
        const found = mailboxIn(word.replace(/^[<("']+/, '').replace(/(?<![>)"'.])[>)"'.]+$/, ''));
        if (found === null && word !== '') isAll = false;
        return found ?? [];
      });
    });
  return { mailboxes: [...new Set(mailboxes)], isAll };
}

/** Exactly one mailbox, no list; written as people write it. */
export const EmailSchema = z
  .string()
  .max(500)
  .overwrite((text) => mailboxIn(text) ?? text)
  .refine((text) => mailboxIn(text) !== null, { error: 'email' })
  .meta({ format: 'idn-email' });

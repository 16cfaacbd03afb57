import type { BSONRegExp } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { regexOf } from '../values/types.ts';

/**
 * What PCRE reads otherwise than JavaScript, or not as JavaScript does: flags inside of the pattern, possessive and
 * atomic groups, `\A \Z \z \Q \h`, POSIX classes, `(?P<name>…)`. Refused, because a pattern that means something else
 * would answer something else.
 */
const PCRE_ONLY = /\(\?[imsxPR>|#(+-]|\\[AZzQEhHRKGXC]|\[\[:|\[\^?\]|[*+?}]\+/;

/**
 * A JavaScript regular expression that means what the PCRE pattern means: flags `i m s u`, `$` before a last newline.
 * @throws 51108 for other flags, 51091 for what cannot be compiled (PCRE-only constructs included).
 */
export function compileRegex(pattern: string, options: string): RegExp {
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  for (const flag of options)
    if (!'imsu'.includes(flag))
      throw new MongoError(51108, `the regex option '${flag}' is not supported by the embedded store`);
  if (PCRE_ONLY.test(pattern.replace(/\\\\/g, '')))
    throw new MongoError(
      51091,
      `Regular expression is invalid: a PCRE construct in '${pattern}' is not supported by the embedded store`,
    );
  const source = options.includes('m') ? pattern : endsBeforeNewline(pattern);
  const flags = ['i', 'm', 's'].filter((flag) => options.includes(flag)).join('');
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // Unicode mode refuses needless escapes such as `\-`, which PCRE allows.
    try {
      return new RegExp(source, flags);
    } catch (error) {
      throw new MongoError(51091, `Regular expression is invalid: ${(error as Error).message}`);
    }
  }
}

/** Compiles a BSON or JavaScript regular expression value. */
export function compileRegexValue(value: BSONRegExp | RegExp): RegExp {
  const { pattern, options } = regexOf(value);
  return compileRegex(pattern, options);
}

/** In PCRE `$` stands before a last newline too. Escapes and classes are stepped over. */
const endsBeforeNewline = (pattern: string): string =>
  pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*(?:\]|$)|\$/g, (part) =>
    part === '$' ? '(?=\\n?(?![\\s\\S]))' : part,
  );

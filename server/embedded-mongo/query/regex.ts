import { BSONRegExp } from 'bson';
import { MongoError } from '../errors.ts';
import { regexOf } from '../values/types.ts';

const posixClasses: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

/**
 * A JavaScript regular expression that means what the PCRE pattern means: flags `i m s x u`, leading inline
 * flags such as `(?i)`, `\A \Z \z`, `\Q…\E`, `(?P<name>…)`, POSIX classes, and `$` before a last newline.
 * @throws 51108 for unknown flags, 51091 for what cannot be compiled (PCRE-only constructs included).
 */
export function compileRegex(pattern: string, options: string): RegExp {
  if (pattern.includes('\0'))
    throw new MongoError('BadValue', 'Regular expression cannot contain an embedded null byte');
  const flags = new Set<string>();
  for (const flag of options) {
    if (!'imsxu'.includes(flag)) throw new MongoError(51108, `invalid flag in regex options: ${flag}`);
    flags.add(flag);
  }
  let body = pattern;
  for (let inline = /^\(\?([imsx]+)\)/.exec(body); inline; inline = /^\(\?([imsx]+)\)/.exec(body)) {
    for (const flag of inline[1] as string) flags.add(flag);
    body = body.slice(inline[0].length);
  }
  const source = translate(body, flags.has('x'), flags.has('m'));
  const jsFlags = ['i', 'm', 's'].filter((flag) => flags.has(flag)).join('');
  try {
    return new RegExp(source, `${jsFlags}u`);
  } catch {
    // Unicode mode refuses needless escapes such as `\-`, which PCRE allows.
    try {
      return new RegExp(source, jsFlags);
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

function translate(pattern: string, extended: boolean, multiline: boolean): string {
  let result = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '\\') {
      const next = pattern[++i] ?? '';
      if (next === 'Q') {
        const end = pattern.indexOf('\\E', i + 1);
        const literal = pattern.slice(i + 1, end < 0 ? undefined : end);
        result += literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
        i = end < 0 ? pattern.length : end + 1;
      } else if (!inClass && next === 'A') result += '(?<![\\s\\S])';
      else if (!inClass && next === 'z') result += '(?![\\s\\S])';
      else if (!inClass && next === 'Z') result += '(?=\\n?(?![\\s\\S]))';
      else if (next === 'h') result += inClass ? ' \\t\\u00a0' : '[ \\t\\u00a0]';
      else result += char + next;
    } else if (inClass) {
      const posix = char === '[' ? /^\[:(\w+):\]/.exec(pattern.slice(i)) : null;
      if (posix && Object.hasOwn(posixClasses, posix[1] as string)) {
        result += posixClasses[posix[1] as string];
        i += posix[0].length - 1;
      } else if (char === '[') {
        result += '\\[';
      } else {
        if (char === ']') inClass = false;
        result += char;
      }
    } else if (char === '[') {
      inClass = true;
      result += char;
      // In PCRE a `]` right after the opening is a literal.
      if (pattern[i + 1] === '^') result += pattern[++i];
      if (pattern[i + 1] === ']') {
        result += '\\]';
        i++;
      }
    } else if (char === '$' && !multiline) {
      result += '(?=\\n?(?![\\s\\S]))';
    } else if (char === '(' && pattern.startsWith('(?P<', i)) {
      result += '(?<';
      i += 3;
    } else if (extended && /\s/.test(char)) {
      // free spacing: whitespace outside of classes means nothing
    } else if (extended && char === '#') {
      const end = pattern.indexOf('\n', i);
      i = end < 0 ? pattern.length : end;
    } else {
      result += char;
    }
  }
  return result;
}

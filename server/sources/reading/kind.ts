import type { NoTable } from '@svodka/shared/contracts/table';

/** `text`: a table of text lines. `book`: what a spreadsheet program saves. `gzip`: something else inside. */
export type FileKind = 'text' | 'book' | 'gzip' | NoTable;

/** How much of a file its kind is told by. */
export const HEAD_BYTES = 4096;

const BINARY: [FileKind, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['book', [0xd0, 0xcf, 0x11, 0xe0]],
  ['book', [0x50, 0x4b, 0x03, 0x04]], // looked into again when it is unpacked: a text document is one, too
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['archive', [0x52, 0x61, 0x72, 0x21]],
  ['archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['archive', [0x42, 0x5a, 0x68]],
  ['image', [0x89, 0x50, 0x4e, 0x47]],
  ['image', [0xff, 0xd8, 0xff]],
  ['image', [0x47, 0x49, 0x46, 0x38]],
  ['audio', [0x49, 0x44, 0x33]],
  ['audio', [0x4f, 0x67, 0x67, 0x53]],
  ['audio', [0x52, 0x49, 0x46, 0x46]],
];

const TEXT: [FileKind, RegExp][] = [
  ['bank', /^1CClientBankExchange/i],
  ['calendar', /^BEGIN:VCALENDAR/i],
  ['contacts', /^BEGIN:VCARD/i],
  ['word', /^\{\\rtf/],
  ['book', /^<\?xml[\s\S]*(?:Excel\.Sheet|office:spreadsheet)/],
  // Bitrix24 and others call a page with a table .xls.
  ['book', /^<(?:!doctype html|html|head|meta|table|style)[\s\S]*<table/i],
  ['xml', /^<\?xml/],
  ['page', /^<(?:!doctype html|html|head|meta)/i],
  ['json', /^(?:\{\s*"|\[\s*[[{])/],
];

const UTF16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];
const begins = (head: Uint8Array, signs: readonly number[]) => signs.every((sign, i) => head[i] === sign);

/** What a file is by its beginning, whatever it is called. */
export function kindOf(head: Uint8Array): FileKind {
  for (const [kind, signs] of BINARY) if (begins(head, signs)) return kind;
  if (UTF16.some((mark) => begins(head, mark))) return 'text';
  const text = Buffer.from(head)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  for (const [kind, sign] of TEXT) if (sign.test(text)) return kind;
  return isBinary(head) ? 'binary' : 'text';
}

/** Text has hardly any control characters; UTF-16 has a NUL at every second place, and no others. */
function isBinary(head: Uint8Array): boolean {
  let odd = 0;
  let even = 0;
  let controls = 0;
  for (const [i, byte] of head.entries()) {
    if (byte === 0) i % 2 === 0 ? even++ : odd++;
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 26 && byte !== 27)) controls++;
  }
  const nuls = odd + even;
  const isWide = nuls * 20 > head.length && Math.max(odd, even) > nuls * 0.95;
  return isWide ? controls > head.length / 4 : nuls > 2 || controls > head.length / 50;
}

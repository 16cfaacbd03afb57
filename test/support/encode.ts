import type { Encoding } from '@svodka/shared/contracts/table';

const tables = new Map<string, Map<string, number>>();

function tableOf(encoding: string): Map<string, number> {
  let table = tables.get(encoding);
  if (!table) {
    const decoder = new TextDecoder(encoding);
    table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(new Uint8Array([byte])), byte]));
    tables.set(encoding, table);
  }
  return table;
}

/** Text as other programs write it; what an encoding has no sign for becomes a question mark. */
export function encode(text: string, encoding: Encoding, { mark = false } = {}): Buffer {
  const marked = mark ? `\ufeff${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked);
  if (encoding === 'utf-16le') return Buffer.from(marked, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(marked, 'utf16le').swap16();
  const table = tableOf(encoding);
  return Buffer.from([...text].map((letter) => table.get(letter) ?? 63));
}

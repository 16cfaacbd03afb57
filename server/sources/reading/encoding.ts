import type { Encoding } from '@svodka/shared/contracts/table';

/** How often letters stand in Russian text, of a thousand; «ё» and what is not here hardly ever. */
const RUSSIAN: Record<string, number> = {
  о: 110,
  е: 85,
  а: 80,
  и: 74,
  н: 67,
  т: 63,
  с: 55,
  р: 47,
  в: 45,
  л: 44,
  к: 35,
  м: 32,
  д: 30,
  п: 28,
  у: 26,
  я: 20,
  ы: 19,
  ь: 17,
  г: 17,
  з: 16,
  б: 16,
  ч: 14,
  й: 12,
  х: 10,
  ж: 9,
  ш: 7,
  ю: 6,
  ц: 5,
  щ: 4,
  э: 3,
  ф: 3,
  ъ: 1,
  ё: 1,
};
const FAMILIAR = /[«»“”„–—№…’\u00a0°·±]/;

/** How much a byte beyond ASCII speaks for an encoding. */
const weights = (encoding: Encoding): number[] => {
  const decoder = new TextDecoder(encoding);
  return Array.from({ length: 256 }, (_, byte) => {
    const letter = decoder.decode(new Uint8Array([byte]));
    const small = RUSSIAN[letter.toLowerCase()];
    if (small !== undefined) return letter === letter.toLowerCase() ? small : small / 4;
    return FAMILIAR.test(letter) ? 1 : -60;
  });
};
const CYRILLIC = (['windows-1251', 'ibm866'] as const).map((name) => ({ name, weight: weights(name) }));

export type EncodingFound = { encoding: Encoding; badBytes: number; isSure: boolean };

/**
 * Tells the encoding of a file by all of it. A file that is UTF-8 but for a few bytes is UTF-8, and these bytes are
 * faults of their rows; whether letters are windows-1251 or CP866 is told by which Russian they make.
 */
export class EncodingCount {
  readonly #high = new Uint32Array(256);
  #bytes = 0;
  #evenNuls = 0;
  #oddNuls = 0;
  #sequences = 0;
  #bad = 0;
  #mark: Encoding | null = null;
  /** Bytes of a UTF-8 sequence that are still to come, and what the next of them may be. */
  #wanted = 0;
  #from = 0x80;
  #to = 0xbf;

  add(chunk: Uint8Array): void {
    if (this.#bytes === 0) this.#mark = markOf(chunk);
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte >= 0x80 || this.#wanted > 0) this.#step(byte);
      else if (byte === 0) (this.#bytes + i) % 2 === 0 ? this.#evenNuls++ : this.#oddNuls++;
    }
    this.#bytes += chunk.length;
  }

  #step(byte: number): void {
    if (byte >= 0x80) this.#high[byte] = (this.#high[byte] ?? 0) + 1;
    if (this.#wanted > 0) {
      if (byte >= this.#from && byte <= this.#to) {
        this.#from = 0x80;
        this.#to = 0xbf;
        if (--this.#wanted === 0) this.#sequences++;
        return;
      }
      this.#wanted = 0;
      this.#bad++;
      if (byte < 0x80) return;
    }
    this.#from = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#to = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) this.#wanted = 1;
    else if (byte >= 0xe0 && byte <= 0xef) this.#wanted = 2;
    else if (byte >= 0xf0 && byte <= 0xf4) this.#wanted = 3;
    else this.#bad++;
  }

  get found(): EncodingFound {
    const bad = this.#bad + (this.#wanted > 0 ? 1 : 0);
    if (this.#mark) return { encoding: this.#mark, badBytes: this.#mark === 'utf-8' ? bad : 0, isSure: true };
    const wide = this.#wide();
    if (wide) return { encoding: wide, badBytes: 0, isSure: true };
    if (bad === 0 || this.#sequences > bad * 10)
      return { encoding: 'utf-8', badBytes: bad, isSure: bad === 0 };
    const [first, second] = CYRILLIC.map(({ name, weight }) => ({
      name,
      score: weight.reduce((sum, each, byte) => sum + each * (this.#high[byte] ?? 0), 0),
    })).sort((a, b) => b.score - a.score) as [{ name: Encoding; score: number }, { score: number }];
    const letters = this.#high.reduce((sum, count) => sum + count, 0);
    // A few letters may be anything, and a score of so little is hardly Russian.
    const isSure = letters >= 20 && first.score > letters * 15 && first.score > second.score * 1.5;
    return { encoding: first.name, badBytes: 0, isSure };
  }

  #wide(): Encoding | null {
    const nuls = this.#evenNuls + this.#oddNuls;
    if (nuls * 20 < this.#bytes || nuls === 0) return null;
    if (this.#oddNuls > nuls * 0.9) return 'utf-16le';
    return this.#evenNuls > nuls * 0.9 ? 'utf-16be' : null;
  }
}

function markOf([a, b, c]: Uint8Array): Encoding | null {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0xef && b === 0xbb && c === 0xbf ? 'utf-8' : null;
}

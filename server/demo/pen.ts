// A pen that writes capitals and numbers, as lines: the demo's papers are drawn, and no font has to be there.
import type { Random } from './random.ts';

export type Point = readonly [x: number, y: number];
export type Stroke = { points: readonly Point[]; ink: 'print' | 'hand' | 'mark' };

/** Each letter by its strokes; a point is a column (0 to 4) and a line (0 to 7). */
const LETTERS: Record<string, string> = {
  '0': '0040460600',
  '1': '022026',
  '2': '004043030646',
  '3': '00404606 0343',
  '4': '000343 4046',
  '5': '400003434606',
  '6': '400006464303',
  '7': '004016',
  '8': '0040460600 0343',
  '9': '430300404606',
  '/': '0640',
  '.': '2526',
  ':': '2122 2425',
  '-': '0343',
  '№': '06002620 3242443432',
  А: '062046 1333',
  Б: '400006464303',
  В: '00303303 03434606 0006',
  Г: '400006',
  Д: '162036 0646',
  Е: '40000646 0333',
  Ж: '2026 0046 0640',
  З: '00404606 0343',
  И: '00064046',
  Й: '00064046 2021',
  К: '0006 400346',
  Л: '06104046',
  М: '0600234046',
  Н: '0006 4046 0343',
  О: '0040460600',
  П: '06004046',
  Р: '0600404303',
  С: '40000646',
  Т: '0040 2026',
  У: '0023 4006',
  Ф: '2026 0141440401',
  Х: '0046 4006',
  Ц: '00064640 4647',
  Ч: '000343 4046',
  Ш: '00064640 2026',
  Щ: '00064640 2026 4647',
  Ъ: '001016464313',
  Ы: '0006363303 4046',
  Ь: '0006464303',
  Э: '00404606 1343',
  Ю: '0006 0323 2040462620',
  Я: '4640000343 2306',
};

type Writing = { x: number; y: number; size: number; ink?: Stroke['ink']; centred?: boolean };

/** Gathers what is drawn on one paper. */
export class Pen {
  readonly strokes: Stroke[] = [];

  constructor(readonly random: Random) {}

  line(points: readonly Point[], ink: Stroke['ink'] = 'print'): void {
    this.strokes.push({ points: ink === 'print' ? points : points.map((point) => this.#shaken(point)), ink });
  }

  box(x: number, y: number, width: number, height: number): void {
    this.line([
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ]);
  }

  /** Signs that it does not know are left out. */
  write(text: string, { x, y, size, ink = 'print', centred = false }: Writing): void {
    const unit = size / 6;
    const letters = [...text.toUpperCase().replaceAll('Ё', 'Е')];
    let left = centred ? x - (letters.length * 5.6 * unit) / 2 : x;
    for (const letter of letters) {
      for (const stroke of LETTERS[letter]?.split(' ') ?? []) {
        const points = (stroke.match(/../g) ?? []).map(
          ([column, line]) => [left + Number(column) * unit, y + Number(line) * unit] as const,
        );
        this.line(points, ink);
      }
      left += 5.6 * unit;
    }
  }

  #shaken([x, y]: Point): Point {
    return [x + this.random.next() * 2 - 1, y + this.random.next() * 2 - 1];
  }
}

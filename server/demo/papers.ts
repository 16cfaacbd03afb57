// The papers of the demo: sheets as measurers photograph them, waybills and contracts as PDF. Drawn on the spot, and it
// stands on each that it is an example.
import type { Opening } from '@svodka/shared/contracts/payload';
import { outlineOf, sizesText, skewOf } from '@svodka/shared/rules/openings';
import sharp from 'sharp';
import { Pen, type Stroke } from './pen.ts';
import type { Random } from './random.ts';

const PAGE = { width: 794, height: 1123 };
const EXAMPLE = 'образец. нарисовано для примера';
const INKS: Record<Stroke['ink'], { svg: string; pdf: string; width: number }> = {
  print: { svg: '#2a2f35', pdf: '0.16 0.18 0.2', width: 1.4 },
  hand: { svg: '#1c3f8f', pdf: '0.11 0.25 0.56', width: 2.2 },
  mark: { svg: '#b3261e', pdf: '0.7 0.15 0.12', width: 2.6 },
};
/** Sketches on one sheet. */
const MOST_SKETCHES = 6;

export type Titled = { number: string; date: string };

/** A measurer's sheet with a sketch of each opening, as a photo of it. */
export function sheetPhoto(
  random: Random,
  { number, date }: Titled,
  openings: readonly Opening[],
): Promise<Buffer> {
  const pen = new Pen(random);
  head(pen, 'замерный лист', { number, date });
  for (const [i, opening] of openings.slice(0, MOST_SKETCHES).entries()) {
    const [left, top] = [50 + (i % 2) * 352, 190 + Math.floor(i / 2) * 282];
    pen.box(left, top, 342, 272);
    sketch(pen, opening, left + 171, top + 146);
    pen.write(String(opening.no), { x: left + 12, y: top + 12, size: 24, ink: 'hand' });
    pen.write(opening.room ?? '', { x: left + 46, y: top + 14, size: 17, ink: 'hand' });
  }
  signed(pen);
  return photo(pen.strokes, random);
}

function sketch(pen: Pen, opening: Opening, x: number, y: number): void {
  const side = 74;
  const { corners, half } = outlineOf(opening);
  const at = corners.map(([dx, dy]) => [x + dx * side, y + dy * side] as const);
  const [first] = at;
  if (first) pen.line([...at, first], 'hand');
  const ink = (pair: readonly [number, number]) => (skewOf(pair) > 0 ? 'mark' : 'hand');
  const { widthMm, heightMm } = opening;
  pen.write(sizesText(widthMm), {
    x,
    y: y + half[1] * side + 12,
    size: 17,
    ink: ink(widthMm),
    centred: true,
  });
  // Beside it there is room for one size only.
  for (const [i, size] of [...new Set(heightMm)].entries())
    pen.write(String(size), {
      x: x + half[0] * side + 12,
      y: y - 20 + i * 26,
      size: 15,
      ink: ink(heightMm),
    });
  if (opening.sillDepthMm)
    pen.write(`п ${opening.sillDepthMm}`, { x: x - 160, y: y + 100, size: 13, ink: 'hand' });
}

/** A form with lines, such as a waybill. @returns a PDF */
export function form(random: Random, title: string, titled: Titled, lines: readonly string[]): Buffer {
  const pen = new Pen(random);
  head(pen, title, titled);
  for (const [i, line] of lines.entries()) {
    const y = 200 + i * 44;
    pen.write(`${i + 1}.`, { x: 56, y, size: 15 });
    pen.write(line, { x: 92, y, size: 15 });
    pen.line([
      [50, y + 28],
      [744, y + 28],
    ]);
  }
  signed(pen);
  return pdf(pen.strokes);
}

function head(pen: Pen, title: string, { number, date }: Titled): void {
  pen.write(title, { x: 50, y: 56, size: 34 });
  pen.write(`заказ № ${number}`, { x: 50, y: 114, size: 22, ink: 'hand' });
  pen.write(date, { x: 560, y: 114, size: 20, ink: 'hand' });
  pen.line([
    [50, 158],
    [744, 158],
  ]);
  pen.write(EXAMPLE, { x: 50, y: 1082, size: 12 });
}

function signed(pen: Pen): void {
  pen.line([
    [500, 1056],
    [744, 1056],
  ]);
  const name = Array.from(
    { length: 12 },
    (_, i) => [520 + i * 14, 1046 - pen.random.int(0, 34) * (i % 2)] as const,
  );
  pen.line(name, 'hand');
}

const pathOf = (strokes: readonly Stroke[], ink: Stroke['ink']) =>
  strokes
    .filter((stroke) => stroke.ink === ink)
    .map(({ points }) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`)
    .join('');

/** The paper on a table, not quite straight. */
function photo(strokes: readonly Stroke[], random: Random): Promise<Buffer> {
  const { width, height } = PAGE;
  const paths = (Object.keys(INKS) as Stroke['ink'][]).map(
    (ink) =>
      `<path d="${pathOf(strokes, ink)}" fill="none" stroke="${INKS[ink].svg}" stroke-width="${INKS[ink].width}" stroke-linecap="round"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="1240" viewBox="-53 -58 900 1240">
    <rect x="-53" y="-58" width="900" height="1240" fill="#8a7a66"/>
    <g transform="rotate(${(random.next() * 3 - 1.5).toFixed(2)} ${width / 2} ${height / 2})">
      <rect x="6" y="8" width="${width}" height="${height}" fill="#000" opacity="0.25"/>
      <rect width="${width}" height="${height}" fill="#f7f4ec"/>${paths.join('')}</g></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 74 }).toBuffer();
}

function pdf(strokes: readonly Stroke[]): Buffer {
  const drawn = strokes.map(({ points, ink }) => {
    const [first, ...rest] = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    return `${INKS[ink].pdf} RG ${INKS[ink].width} w ${first} m ${rest.map((each) => `${each} l`).join(' ')} S`;
  });
  // Drawn from the upper left corner on at 96 to the inch; PDF begins below and has 72.
  const content = `0.75 0 0 -0.75 0 842.25 cm 1 J 1 j\n${drawn.join('\n')}`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.5 842.25] /Resources << >> /Contents 4 0 R >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

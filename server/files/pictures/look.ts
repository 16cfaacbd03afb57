import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp } from 'sharp';

/** What is done with a file in the process of its own. */
export type Task = { kind: 'type'; head: Uint8Array } | { kind: 'picture'; bytes: Uint8Array; mime: string };

export type Picture = {
  width: number;
  height: number;
  thumbnail: Uint8Array;
  /** The picture without what its camera wrote into it; null: there was nothing. */
  clean: Uint8Array | null;
};
export type Seen =
  | { kind: 'type'; mime: string | null }
  | { kind: 'picture'; picture: Picture }
  | { kind: 'refused'; why: 'broken-picture' | 'too-many-pixels' | 'too-many-slow-pixels' };

const MOST_PIXELS = 100e6;
/** Points that take ten times as long as others to read and to write: two kilobytes may hold a hundred million. */
const MOST_SLOW_PIXELS = 36e6;
const THUMBNAIL = { width: 480, height: 480 };
const READING = { failOn: 'truncated', sequentialRead: true } as const;
const isSlow = (mime: string) => mime === 'image/avif';
const readingOf = (mime: string) => ({
  ...READING,
  limitInputPixels: isSlow(mime) ? MOST_SLOW_PIXELS : MOST_PIXELS,
});

// A picture is looked at once: nothing of it is worth remembering.
sharp.cache(false);
sharp.concurrency(1);

/** Looks at a file: what it is, or what there is to see. */
export async function look(task: Task): Promise<Seen> {
  if (task.kind === 'type') {
    const found = await fileTypeFromBuffer(task.head);
    return { kind: 'type', mime: found?.mime ?? null };
  }
  try {
    return { kind: 'picture', picture: await pictureOf(task.bytes, task.mime) };
  } catch (error) {
    const isLarge = /pixel limit/i.test((error as Error).message);
    const tooMany = isSlow(task.mime) ? 'too-many-slow-pixels' : 'too-many-pixels';
    return { kind: 'refused', why: isLarge ? tooMany : 'broken-picture' };
  }
}

async function pictureOf(bytes: Uint8Array, mime: string): Promise<Picture> {
  const reading = readingOf(mime);
  const { width, height, autoOrient, exif, xmp, iptc } = await sharp(bytes, reading).metadata();
  const upright = autoOrient ?? { width, height };
  const thumbnail = await sharp(bytes, reading)
    .autoOrient()
    .resize({ ...THUMBNAIL, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 78 })
    .toBuffer();
  // Where and by whom it was taken stands there. Written anew it is upright, and nothing hides behind its end.
  const clean = exif || xmp || iptc ? await anew(bytes, mime) : null;
  return { width: upright.width, height: upright.height, thumbnail, clean };
}

const WRITTEN: Record<string, (picture: Sharp) => Sharp> = {
  'image/jpeg': (picture) => picture.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  'image/png': (picture) => picture.png(),
  'image/webp': (picture) => picture.webp({ quality: 92 }),
  'image/gif': (picture) => picture.gif(),
  'image/avif': (picture) => picture.avif({ quality: 75, effort: 2 }),
};

function anew(bytes: Uint8Array, mime: string): Promise<Uint8Array> | null {
  // Pages of a moving picture stay; a moving picture is never on its side.
  const isMoving = mime === 'image/gif' || mime === 'image/webp';
  const picture = sharp(bytes, { ...readingOf(mime), ...(isMoving && { animated: true }) });
  return WRITTEN[mime]?.(isMoving ? picture : picture.autoOrient().keepIccProfile()).toBuffer() ?? null;
}

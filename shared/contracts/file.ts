import { z } from 'zod';
import { CalendarDateSchema, MomentSchema, withoutUnseen } from './common.ts';
import { IdSchema } from './id.ts';

/** What files are attached to. */
export const FILE_OWNERS = ['event', 'comment', 'project', 'counterparty'] as const;
export const FileOwnerSchema = z.strictObject({ kind: z.enum(FILE_OWNERS), id: IdSchema });
export type FileOwner = z.infer<typeof FileOwnerSchema>;

export const MAX_FILE_BYTES = 2 * 1024 ** 3;
/** Of one event, comment, order or counterparty. */
export const MAX_FILES = 50;
/** A file is kept in pieces of so many bytes. */
export const CHUNK_BYTES = 255 * 1024;
/** What a page sends at first: whole pieces, so that nothing of it is sent again after a cut. */
export const SENT_BYTES = 32 * CHUNK_BYTES;
/** Each part is twice the one before, up to this: whoever sends waits after each until it is on the disk. */
export const MOST_SENT_BYTES = 8 * SENT_BYTES;

const NAME_LENGTH = 200;

/**
 * A file's name as it is kept: without folders, signs that nobody sees, and what no file system takes; cut in its
 * middle, so that the ending stays. The name says nothing of what the file is: its content does.
 */
export function cleanFileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const seen = withoutUnseen(last.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/gu, ''));
  const name = /^\.+$/.test(seen) ? '' : seen;
  const signs = [...name];
  if (signs.length <= NAME_LENGTH) return name;
  const ending = /\.[^.\s]{1,12}$/.exec(name)?.[0] ?? '';
  return signs.slice(0, NAME_LENGTH - ending.length).join('') + ending;
}

export const FileNameSchema = z
  .string()
  .max(1000)
  .transform(cleanFileName)
  .pipe(z.string().min(1, { error: 'empty' }));

/** On what ground a voice is kept: who speaks has agreed, or a contract with them needs it. */
export const RECORDING_BASES = ['consent', 'contract'] as const;
/** A recording is kept on a ground, and to the end of a day. */
export const RecordingSchema = z.strictObject({ basis: z.enum(RECORDING_BASES), until: CalendarDateSchema });
export type Recording = z.infer<typeof RecordingSchema>;
/** So long, unless somebody says otherwise; and no longer than that, days. */
export const RECORDING_DAYS = { usual: 365, most: 3_660 } as const;

const SOUND_NAME = /\.(?:wav|ogg|oga|opus|mp3|m4a|aac|flac|amr|gsm)$/i;
/** A sound is taken for a voice, whatever else it may be: by its content, or by what its name promises. */
export const isSound = ({ name, mime }: { name: string; mime?: string | undefined }): boolean =>
  /^audio\//.test(mime ?? '') || SOUND_NAME.test(name);

/** A file as its owner names it. */
export const AttachmentSchema = z.strictObject({
  id: IdSchema,
  name: z.string(),
  /** By its content. */
  mime: z.string(),
  size: z.number().int(),
  /** Of a picture that can be shown: its size upright, in pixels. It has a thumbnail. */
  picture: z.strictObject({ width: z.number().int(), height: z.number().int() }).nullable(),
  at: MomentSchema,
  by: IdSchema.nullable(),
  /** Of a sound; `removedAt`: its time was over, and only this line of it is left. */
  recording: RecordingSchema.extend({ removedAt: MomentSchema.optional() }).optional(),
});
export type Attachment = z.infer<typeof AttachmentSchema>;

/** What of a thing's files travels with it; absent: none. */
export const AttachmentsSchema = z.array(AttachmentSchema).optional();

/** Body of `POST /api/files`. The id names the upload, so that it can be gone on with. */
export const UploadCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  owner: FileOwnerSchema,
  name: FileNameSchema,
  size: z.number().int().min(0),
  /** A sound is taken with it only. */
  recording: RecordingSchema.optional(),
});
export type UploadCreate = z.infer<typeof UploadCreateSchema>;

/** How far an upload has come. */
export const UploadSchema = z.strictObject({
  id: IdSchema,
  name: z.string(),
  size: z.number().int(),
  /** So many bytes are kept; the next are sent from here. */
  offset: z.number().int(),
  /** Set when all of it is there and it is attached. */
  file: AttachmentSchema.nullable(),
});
export type Upload = z.infer<typeof UploadSchema>;

/** What a browser shows by itself, wherever it comes from: everything else is only ever downloaded. */
export const SHOWN_PICTURES: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
];
const SHOWN_OTHERS =
  /^(?:application\/pdf|audio\/(?:mpeg|mp4|x-m4a|ogg|opus|wav|x-wav|vnd\.wave|aac|flac|x-flac))/;
export const isShown = (mime: string): boolean => SHOWN_PICTURES.includes(mime) || SHOWN_OTHERS.test(mime);

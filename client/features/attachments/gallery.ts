import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Attachment, isSound } from '@svodka/shared/contracts/file';

/** A file of a gallery, and the event that carries it; null: the record itself does. */
export type Shown = { file: Attachment; event: SvodkaEvent | null };

export const FILE_KINDS = ['all', 'picture', 'document', 'other'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export function kindOf({ picture, mime }: Attachment): Exclude<FileKind, 'all'> {
  if (picture || mime.startsWith('image/')) return 'picture';
  const isDocument =
    /^(?:application\/pdf|text\/)|officedocument|opendocument|msword|ms-excel|x-cfb|rtf/.test(mime);
  return isDocument ? 'document' : 'other';
}

/** The record's own files and those of its events, newest first. Recordings stand with their calls. */
export function shownOf(own: readonly Attachment[], events: readonly SvodkaEvent[]): Shown[] {
  return [
    ...own.map((file) => ({ file, event: null })),
    ...events.flatMap((event) => (event.attachments ?? []).map((file) => ({ file, event }))),
  ]
    .filter(({ file }) => !isSound(file))
    .sort((a, b) => (a.file.at < b.file.at ? 1 : a.file.at > b.file.at ? -1 : 0));
}

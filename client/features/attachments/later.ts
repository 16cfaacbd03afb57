import type { FileOwner } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { listOwn } from '../../state/own-storage.ts';
import { session } from '../../state/session.svelte.ts';
import { UPLOADS } from '../../state/uploads-kept.ts';
import { later } from '../later/parts.ts';

export const attachmentList = later(() => import('./AttachmentList.svelte'));
const sender = () => import('../../state/uploads.svelte.ts').then(({ uploads }) => uploads);

/** @param held until `releaseFiles` */
export function addFiles(owner: FileOwner, files: readonly File[], held = false): void {
  void sender().then((uploads) => uploads.add(owner, files, held ? { held } : {}));
}

/** What was chosen in a form follows the entry that the form has made. */
export function releaseFiles(held: FileOwner, owner: FileOwner, after: Id): void {
  void sender().then((uploads) => uploads.release(held, owner, after));
}

export function dropHeldFiles(owner: FileOwner): void {
  void sender().then((uploads) => uploads.dropHeld(owner));
}

/** Files that an earlier page has not sent to the end go on. */
export const goOnSending = (): (() => void) =>
  session.onEntered(({ id }) => {
    if (listOwn(id, UPLOADS).size > 0)
      void attachmentList()
        .then(sender)
        .catch(() => undefined);
  });

const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];

/** Takes files that are dropped on it or pasted into it. @param take null: none are taken */
export const takesFiles = (take: ((files: File[]) => void) | null) => (place: HTMLElement) => {
  if (!take) return;
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    place.classList.toggle('dropping', true);
  };
  const leave = () => place.classList.remove('dropping');
  const given = (event: DragEvent | ClipboardEvent) => {
    leave();
    const files = filesIn(event instanceof ClipboardEvent ? event.clipboardData : event.dataTransfer);
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    take(files);
  };
  place.addEventListener('dragover', over);
  place.addEventListener('dragleave', leave);
  place.addEventListener('drop', given);
  place.addEventListener('paste', given);
  return () => {
    place.removeEventListener('dragover', over);
    place.removeEventListener('dragleave', leave);
    place.removeEventListener('drop', given);
    place.removeEventListener('paste', given);
  };
};

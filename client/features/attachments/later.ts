import type { FileOwner } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { isForScreen } from '../../state/keys.svelte.ts';
import { listOwn } from '../../state/own-storage.ts';
import { session } from '../../state/session.svelte.ts';
import { UPLOADS } from '../../state/uploads-kept.ts';
import { later } from '../later/parts.ts';

export const attachmentList = later(() => import('./AttachmentList.svelte'));
const sender = () => import('../../state/uploads.svelte.ts').then(({ uploads }) => uploads);

/** @param held until `releaseFiles` */
/** @param there how many the owner has */
export function addFiles(owner: FileOwner, files: readonly File[], { held = false, there = 0 } = {}): void {
  void sender().then((uploads) => uploads.add(owner, files, { there, ...(held && { held }) }));
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

type Take = (files: File[]) => void;

/** Who takes what is pasted with the focus nowhere in particular: whoever came to the screen last. */
const ofScreen: Take[] = [];

/**
 * Takes files that are dropped on it or pasted into it.
 * @param take null: none are taken
 * @param isOfScreen also what is pasted beside it: the focus is on a row, or on nothing, when a picture is at hand
 */
export const takesFiles =
  (take: Take | null, isOfScreen = false) =>
  (place: HTMLElement) => {
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
    const pasted = (event: ClipboardEvent) => {
      if (ofScreen.at(-1) === take && isForScreen(event.target)) given(event);
    };
    const off = new AbortController();
    const { signal } = off;
    place.addEventListener('dragover', over, { signal });
    place.addEventListener('dragleave', leave, { signal });
    place.addEventListener('drop', given, { signal });
    place.addEventListener('paste', given, { signal });
    if (isOfScreen) {
      ofScreen.push(take);
      document.addEventListener('paste', pasted, { signal });
    }
    return () => {
      off.abort();
      if (isOfScreen) ofScreen.splice(ofScreen.indexOf(take), 1);
    };
  };

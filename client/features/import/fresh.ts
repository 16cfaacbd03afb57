import type { Uploaded } from '../../api/upload.ts';

/** What the server said of a file that has just been uploaded: its page begins with it instead of asking. */
let fresh: Uploaded | null = null;

export function rememberUpload(uploaded: Uploaded): void {
  fresh = uploaded;
}

export function takeUpload(id: string): Uploaded | null {
  const taken = fresh?.batch.id === id ? fresh : null;
  fresh = null;
  return taken;
}

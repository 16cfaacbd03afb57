import { session } from '../../state/session.svelte.ts';
import { later } from '../later/parts.ts';

/** Where the words of a search may lead. */
export const suggesting = later(() => import('./suggest.ts'));
export const keySheet = later(() => import('./KeySheet.svelte'));
/** What waits to be sent, or was refused. */
export const unsentDialog = later(() => import('../outbox/UnsentDialog.svelte'));

/** The page itself is kept on the device, so that it opens without a line; over plain http, and in development, it is not. */
export function keepShell(): () => void {
  const keep = () => void navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
  // After what the first screen asks for.
  const timer = import.meta.env.PROD ? setTimeout(keep, 2_000) : undefined;
  return () => clearTimeout(timer);
}

/** A browser that is told by push says anew that it is there, and with whom: one that does not is told a month. */
export const renewPush = (): (() => void) =>
  session.onEntered(() => {
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    void import('../../state/push.svelte.ts').then(({ pushHere }) => pushHere.look()).catch(() => undefined);
  });

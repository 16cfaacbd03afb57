import { session } from '../../state/session.svelte.ts';
import { later } from '../later/parts.ts';

export const keySheet = later(() => import('./KeySheet.svelte'));

/** A browser that is told by push says anew that it is there, and with whom: one that does not is told a month. */
export const renewPush = (): (() => void) =>
  session.onEntered(() => {
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    void import('../../state/push.svelte.ts').then(({ pushHere }) => pushHere.look()).catch(() => undefined);
  });

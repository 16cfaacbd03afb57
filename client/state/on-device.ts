// The way to this browser's database, which is fetched behind the first screen. Where it is refused (a private window,
// a full disk) that is said once, and the desk goes on without.
import { t } from './i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

type Device = typeof import('./device.ts');

/** A browser that has not opened it by then is taken to refuse it, ms. */
const PATIENCE_MS = 5_000;
const LASTS_MS = 12_000;

let asking: Promise<Device | null> | null = null;

async function ask(): Promise<Device | null> {
  if (!('indexedDB' in globalThis)) return null;
  let device: Device;
  try {
    device = await import('./device.ts');
  } catch {
    // The line is cut, and nothing is known of the database.
    asking = null;
    return null;
  }
  try {
    const late = new Promise<never>((_, refuse) => setTimeout(refuse, PATIENCE_MS));
    await Promise.race([device.open(), late]);
    return device;
  } catch {
    toasts.show({
      key: 'device',
      title: t('device.refused'),
      text: t('device.refused.text'),
      lastsMs: LASTS_MS,
    });
    return null;
  }
}

/** Null: there is none here. */
export function onDevice(): Promise<Device | null> {
  asking ??= ask();
  return asking;
}

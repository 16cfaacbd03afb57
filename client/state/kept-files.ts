// Files that wait to be sent, in the browser's database: they survive a reload and a day without signal. Where it is
// refused (a private window) they last as long as the page.
import type { Id } from '@svodka/shared/contracts/id';
import { t } from './i18n.svelte.ts';
import { onDevice } from './on-device.ts';
import { toasts } from './toasts.svelte.ts';

const memory = new Map<Id, Blob>();

export async function keepFile(id: Id, file: Blob): Promise<void> {
  // At hand in any case: what is sent from this page need not be read again.
  memory.set(id, file);
  await (await onDevice())?.putFile(id, file).catch(() =>
    // There is no room.
    toasts.show({ key: 'storage', title: t('own.refused'), text: t('own.refused.text'), lastsMs: null }),
  );
}

export async function keptFile(id: Id): Promise<Blob | null> {
  return memory.get(id) ?? (await (await onDevice())?.fileOf(id).catch(() => undefined)) ?? null;
}

export async function letFileGo(id: Id): Promise<void> {
  memory.delete(id);
  await (await onDevice())?.dropFile(id).catch(() => undefined);
}

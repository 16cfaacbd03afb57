import { t } from '../../state/i18n.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/** Puts text on the clipboard and says so. On plain http beyond this machine there is none to write to. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.show({ key: 'copied', title: t('screens.copied'), tone: 'ok', lastsMs: 3000 });
  } catch {
    toasts.show({ key: 'copied', title: t('screens.copyFailed') });
  }
}

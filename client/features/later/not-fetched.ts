import { t } from '../../state/i18n.svelte.ts';

/** A server that does not answer so long is told as one that does not. */
const WAITS_MS = 5_000;

/** Why a part of the program has not come, said to who wanted it. A browser asks for such a part only once. */
export async function notFetched(): Promise<{ title: string; text: string }> {
  return (await isRenewed())
    ? { title: t('app.renewed'), text: t('app.renewed.text') }
    : { title: t('app.unreachable'), text: t('trouble.network') };
}

/** The server has another build than this page, and no parts of this one any more. */
export async function isRenewed(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(WAITS_MS) });
    return answer.ok && script !== null && !(await answer.text()).includes(new URL(script.src).pathname);
  } catch {
    return false;
  }
}

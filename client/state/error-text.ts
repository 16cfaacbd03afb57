import { ApiError } from '../api/rest.ts';
import { t } from './i18n.svelte.ts';

/** What a person is told of a failure: what happened, and what to do. The server words what it has refused. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return t('trouble.unexpected');
  if (error.network) return t('trouble.network');
  const text = error.details[0]?.message ?? error.message;
  if (!text) return t('trouble.unexpected');
  return error.incident ? `${text} ${t('trouble.incident', { id: error.incident })}` : text;
}

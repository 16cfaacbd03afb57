import { t } from '../../state/i18n.svelte.ts';

/** What every combobox says of itself. */
export const comboTexts = () => ({
  nothing: t('combobox.nothing'),
  loading: t('combobox.loading'),
  failed: t('combobox.failed'),
  clear: t('combobox.clear'),
});

import type { Revision } from '@svodka/shared/contracts/event';
import type { EventType } from '@svodka/shared/contracts/modules';
import { type HistoryLine, type HistoryVoice, historyLines } from '@svodka/shared/rules/history-lines';
import { instantOf, shortDay } from '../../format/time.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayAt, dayWords, momentWords } from '../../state/sayings.ts';
import { payloadText } from './payload-words.ts';

const voice: HistoryVoice = {
  get nothing() {
    return t('revision.nothing');
  },
  label,
  moment: momentWords,
  dayAt: (at) => dayWords(dayAt(at)),
  asked({ local = '', zone = i18n.viewer.zone, ...due }) {
    const at = local.length > 10 ? instantOf(local, { ...i18n.viewer, zone }) : due.at;
    if (at) return momentWords(at);
    return local ? shortDay(local.slice(0, 10), '', i18n.viewer) : t('revision.nothing');
  },
  name(kind, id) {
    if (kind === 'person') return refs.user(id)?.name ?? '…';
    if (kind === 'project')
      return refs.isHidden(id) ? t('refs.hidden.project') : `№ ${refs.project(id)?.number ?? '…'}`;
    return refs.counterparty(id)?.name ?? (refs.isHidden(id) ? t('refs.hidden.counterparty') : '…');
  },
  detail: payloadText,
};

/** What one edit changed, a line for each field; of the details, a line for each that differs. */
export const revisionLines = ({ changes }: Pick<Revision, 'changes'>, type?: EventType): HistoryLine[] =>
  historyLines(changes, type, voice);

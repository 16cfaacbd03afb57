import { ALL, type Filter } from '@svodka/shared/filter/ast';
import { describeParseError } from '@svodka/shared/filter/describe-error';
import type { Subject } from '@svodka/shared/filter/fields';
import { type Chip, toChips, toSentence } from '@svodka/shared/filter/sentence';
import type { FilterParseError } from '@svodka/shared/filter/text';
import { names } from '../../state/filter-names.ts';
import { i18n } from '../../state/i18n.svelte.ts';
import { modules } from '../../state/modules.svelte.ts';

/** The conditions of a filter as the bar shows them; none for the filter that lets everything through. */
export function chipsOf(filter: Filter | null): Chip[] {
  return toChips(filter ?? ALL, i18n.locale, names, i18n.viewer.zone);
}

export function sentenceOf(filter: Filter | null): string {
  return toSentence(filter ?? ALL, i18n.locale, names, i18n.viewer.zone);
}

/** What is wrong with a text that is no filter. Modules that are off are understood there, and not suggested. */
export function complaintOf(error: FilterParseError, text: string, subject: Subject = 'events'): string {
  const isOffered = subject === 'events' ? (code: string) => modules.isOffered(code) : undefined;
  return describeParseError(error, text, i18n.locale, subject, isOffered);
}

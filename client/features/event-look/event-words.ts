import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { IdSchema } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { isolated } from '@svodka/shared/messages/isolate';
import { wordAnew } from '@svodka/shared/messages/said-anew';
import { duration } from '../../format/time.ts';
import { counterpartyNames, projectNumber, titleOf } from '../../state/event-names.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { moneyWords } from '../../state/sayings.ts';

/** Who wrote it: a person by their present name, or the name that an import has kept. */
export function authorName({ author }: Pick<SvodkaEvent, 'author'>): string {
  return refs.user(author.userId)?.name || wordAnew(i18n.locale, 'by', author.name) || '…';
}

/** Who works on it; empty: nobody. */
export const holderName = ({ claim }: Pick<SvodkaEvent, 'claim'>): string =>
  claim ? (refs.user(claim.by)?.name ?? '…') : '';

/** What the payload says in a few words, unless the title has said it: «6 из 10», «3:34», «184 300 ₽». */
function payloadWords({ payload, title }: SvodkaEvent): string {
  const { ready, total, count, durationMs, amountKop, reason, crew, promise, material, contact } = payload;
  if (typeof ready === 'number' && typeof total === 'number') {
    // In whatever language it was said.
    const isSaid = new RegExp(`(?<!\\d)${ready}\\D+${total}(?!\\d)`).test(title);
    return isSaid ? '' : t('row.ofTotal', { ready, total });
  }
  if (typeof durationMs === 'number' && durationMs > 0) return duration(durationMs);
  if (typeof amountKop === 'number') {
    const money = moneyWords(amountKop);
    const digits = money.replace(/\D/g, '');
    return title.replace(/\D/g, '').includes(digits) ? '' : money;
  }
  for (const words of [reason, promise, contact, material, crew]) {
    // A crew of ours stands there by its id, and by its name in the title.
    const isSaid = words === crew && IdSchema.safeParse(words).success;
    if (typeof words === 'string' && words && !isSaid && !title.includes(words)) return words;
  }
  return typeof count === 'number' && count > 1 ? t('row.count', { count }) : '';
}

/** What a row is called for those who hear it: its kind and its title, once where the title begins with the kind. */
export function spokenName(event: SvodkaEvent): string {
  const [kind, title] = [t(`type.${event.type}`), titleOf(event)];
  return title.toLowerCase().startsWith(kind.toLowerCase()) ? title : `${kind}: ${title}`;
}

/** Whether all events of a list have this one value in a field: its rows need not say so. */
const isGiven = (given: Filter | undefined, field: 'project' | 'counterparty', id: string | null) =>
  given !== undefined &&
  'in' in given &&
  given.field === field &&
  given.in.length === 1 &&
  given.in[0] === id;

/**
 * The second voice of a row: project, counterparty, and what else is known, the most telling first.
 * @param given what all rows have in common, such as the order on whose page they stand
 */
export function contextOf(event: SvodkaEvent, given?: Filter): string {
  const inProject = isGiven(given, 'project', event.projectId);
  const owner = inProject ? refs.project(event.projectId)?.counterpartyId : undefined;
  const counterpartyIds = event.counterpartyIds.filter(
    (id) => id !== owner && !isGiven(given, 'counterparty', id),
  );
  const parts = [inProject ? '' : projectNumber(event), ...counterpartyNames({ counterpartyIds })];
  if (!event.projectId && event.counterpartyIds.length > 0) parts.push(t('row.noProject'));
  parts.push(payloadWords(event));
  const line = event.body.split('\n', 1)[0]?.trim() ?? '';
  if (line && line !== titleOf(event)) parts.push(line);
  return parts.filter(Boolean).map(isolated).join(' · ');
}

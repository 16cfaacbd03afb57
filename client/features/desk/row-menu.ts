import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import Funnel from '@lucide/svelte/icons/funnel';
import FunnelX from '@lucide/svelte/icons/funnel-x';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { ALL } from '@svodka/shared/filter/ast';
import { setClause, withOnly, without } from '@svodka/shared/filter/edit';
import type { SetField } from '@svodka/shared/filter/fields';
import { dayOf } from '../../format/time.ts';
import type { DeskState } from '../../state/desk.svelte.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { outbox } from '../../state/outbox.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { session } from '../../state/session.svelte.ts';
import type { MenuItem } from '../../ui/menu.ts';
import { authorName, holderName } from '../event-look/event-words.ts';
import { statusActs, turnStatus } from '../event-look/status-acts.ts';

type Value = { field: SetField; value: string | null; text: string };

/** The values that stand in a cell, as filters know them. */
function valuesOf(event: SvodkaEvent, cell: string): Value[] {
  switch (cell) {
    case 'type':
      return [
        { field: 'type', value: event.type, text: t(`type.${event.type}`) },
        { field: 'module', value: event.module, text: t(`module.${event.module}`) },
        {
          field: 'importance',
          value: event.importance,
          text: `${t('filter.label.importance')} ${label(`filter.importance.${event.importance}`)}`,
        },
      ];
    case 'context':
      return [
        ...(event.projectId
          ? [
              {
                field: 'project' as const,
                value: event.projectId,
                text: `№ ${refs.project(event.projectId)?.number ?? '…'}`,
              },
            ]
          : []),
        ...event.counterpartyIds.map((id) => ({
          field: 'counterparty' as const,
          value: id,
          text: refs.counterparty(id)?.name ?? '…',
        })),
      ];
    case 'due':
      return event.dueAt
        ? [
            {
              field: 'due',
              value: event.dueState,
              text: `${t('filter.label.due')} ${label(`filter.due.${event.dueState}`)}`,
            },
          ]
        : [];
    case 'holder':
      return event.claim
        ? [{ field: 'holder', value: event.claim.by, text: t('row.holder', { name: holderName(event) }) }]
        : [];
    case 'author':
      return event.author.userId
        ? [{ field: 'author', value: event.author.userId, text: authorName(event) }]
        : [];
    default:
      return [];
  }
}

const CELLS = ['context', 'type', 'due', 'holder', 'author'];

/**
 * What a row offers: to narrow by the values of the cell under the pointer («только это», «кроме этого»), or by all
 * of its values when it was asked for by keyboard; then what can be done with the event.
 */
export function rowMenu(desk: DeskState, shown: SvodkaEvent, cell: string | null): MenuItem[] {
  const event = outbox.view(shown);
  const filter = desk.filter ?? ALL;
  const values = cell ? valuesOf(event, cell) : [];
  const all = values.length > 0 ? values : CELLS.flatMap((each) => valuesOf(event, each));
  const items: MenuItem[] = [];
  if (cell === 'occurred') {
    const day = dayOf(event.occurredAt, i18n.viewer);
    items.push({
      label: t('row.onlyDay', { day: dayWords(day) }),
      icon: Funnel,
      run: () => desk.setFilter(setClause(filter, { field: 'occurred', from: day, to: day })),
    });
  } else {
    for (const { field, value, text } of all) {
      items.push({
        label: t('row.only', { value: text }),
        icon: Funnel,
        run: () => desk.setFilter(withOnly(filter, field, value)),
      });
    }
    for (const { field, value, text } of all) {
      items.push({
        label: t('row.except', { value: text }),
        icon: FunnelX,
        run: () => desk.setFilter(without(filter, field, value)),
      });
    }
  }
  items.push({ line: true });
  items.push({ label: t('row.open'), icon: ArrowUpRight, key: '↵', run: () => desk.showEvent(event.id) });
  items.push({
    label: t('row.pick'),
    icon: ListChecks,
    key: 'X',
    checked: desk.selection.has(event.id),
    run: () => desk.selection.toggle(event.id),
  });
  if (session.mayResolve(event))
    items.push(
      ...statusActs(event).map(({ kind, ...item }) => ({ ...item, run: () => turnStatus(kind, event) })),
    );
  if (session.mayRemove(event))
    items.push({
      label: t('event.remove'),
      icon: Trash2,
      danger: true,
      run: () => outbox.act('remove', event),
    });
  return items;
}

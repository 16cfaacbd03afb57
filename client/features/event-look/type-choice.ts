import { type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import { t } from '../../state/i18n.svelte.ts';
import type { Choice } from '../../ui/combobox.ts';
import { moduleColor, typeIcon } from './module-look.ts';

/** An event type to choose, under its module. */
export const typeChoice = (type: EventType): Choice => ({
  value: type,
  label: t(`type.${type}`),
  group: t(`module.${moduleOf(type)}`),
  icon: typeIcon(type),
  color: moduleColor(moduleOf(type)),
});

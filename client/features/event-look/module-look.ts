import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Banknote from '@lucide/svelte/icons/banknote';
import Boxes from '@lucide/svelte/icons/boxes';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import Factory from '@lucide/svelte/icons/factory';
import FileText from '@lucide/svelte/icons/file-text';
import Hammer from '@lucide/svelte/icons/hammer';
import Mail from '@lucide/svelte/icons/mail';
import PackageCheck from '@lucide/svelte/icons/package-check';
import Phone from '@lucide/svelte/icons/phone';
import PhoneIncoming from '@lucide/svelte/icons/phone-incoming';
import PhoneMissed from '@lucide/svelte/icons/phone-missed';
import PhoneOutgoing from '@lucide/svelte/icons/phone-outgoing';
import Ruler from '@lucide/svelte/icons/ruler';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import { type EventType, type Module, moduleOf } from '@svodka/shared/contracts/modules';
import type { IconComponent } from '../../ui/icon.ts';

const MODULE_ICONS: Record<Module, IconComponent> = {
  finance: Banknote,
  orders: FileText,
  measure: Ruler,
  calendar: CalendarClock,
  fgwarehouse: PackageCheck,
  multiwarehouse: ScrollText,
  production: Factory,
  install: Hammer,
  calls: Phone,
  mail: Mail,
  system: CircleDot,
};

/** Types whose own sign says more than that of their module. */
const TYPE_ICONS: Partial<Record<EventType, IconComponent>> = {
  'call.in': PhoneIncoming,
  'call.out': PhoneOutgoing,
  'call.missed': PhoneMissed,
  'material.received': Boxes,
  'item.defect': TriangleAlert,
  'deadline.approaching': AlarmClock,
  'deadline.due': AlarmClock,
  'deadline.overdue': AlarmClock,
  'contradiction.found': TriangleAlert,
  'note.free': StickyNote,
};

export const moduleIcon = (module: Module): IconComponent => MODULE_ICONS[module];
export const moduleColor = (module: Module): string => `var(--m-${module})`;
export const typeIcon = (type: EventType): IconComponent => TYPE_ICONS[type] ?? MODULE_ICONS[moduleOf(type)];

import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Banknote from '@lucide/svelte/icons/banknote';
import Box from '@lucide/svelte/icons/box';
import Flag from '@lucide/svelte/icons/flag';
import Flame from '@lucide/svelte/icons/flame';
import Hammer from '@lucide/svelte/icons/hammer';
import Inbox from '@lucide/svelte/icons/inbox';
import Phone from '@lucide/svelte/icons/phone';
import Ruler from '@lucide/svelte/icons/ruler';
import Star from '@lucide/svelte/icons/star';
import type { View } from '@svodka/shared/feed/view';
import type { IconComponent } from '../../ui/icon.ts';

const ICONS: Record<string, IconComponent> = {
  inbox: Inbox,
  flame: Flame,
  alarm: AlarmClock,
  money: Banknote,
  install: Hammer,
  calls: Phone,
  ruler: Ruler,
  box: Box,
  flag: Flag,
  star: Star,
};

export const viewIcon = (icon: View['icon']): IconComponent => ICONS[icon] ?? Star;

import Check from '@lucide/svelte/icons/check';
import CircleQuestion from '@lucide/svelte/icons/circle-question-mark';
import Eye from '@lucide/svelte/icons/eye';
import Heart from '@lucide/svelte/icons/heart';
import ThumbsUp from '@lucide/svelte/icons/thumbs-up';
import type { Reaction } from '@svodka/shared/contracts/comment';
import type { IconComponent } from '../../ui/icon.ts';

/** Drawn and not written: letters of a font that not every machine has. */
export const REACTION_ICONS: Record<Reaction, IconComponent> = {
  agree: ThumbsUp,
  done: Check,
  looking: Eye,
  thanks: Heart,
  question: CircleQuestion,
};

import { fold } from '@svodka/shared/filter/terms';
import type { IconComponent } from './icon.ts';

/**
 * One thing to choose. `group` makes headings between neighbours; `note` is what tells namesakes apart; above a `parted`
 * one a line is drawn.
 */
export type Choice = {
  value: string;
  label: string;
  note?: string | undefined;
  group?: string | undefined;
  icon?: IconComponent | undefined;
  color?: string | undefined;
  parted?: boolean;
};

/** Those of `choices` in which each typed word begins some word. */
export function matching<C extends Choice>(choices: C[], typed: string): C[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return choices;
  return choices.filter((choice) => {
    const text = ` ${fold(`${choice.label} ${choice.note ?? ''} ${choice.group ?? ''}`).replace(/[«»"(№]/g, ' ')}`;
    return words.every((word) => text.includes(` ${word}`));
  });
}

/** The one of `choices` that is most likely meant: it begins as typed, or one of its own words does. */
export function bestOf(choices: Choice[], typed: string): number {
  const wanted = fold(typed).trim();
  if (wanted === '') return 0;
  const begins = choices.findIndex(({ label }) => fold(label).startsWith(wanted));
  if (begins >= 0) return begins;
  return Math.max(
    0,
    choices.findIndex(({ label }) => ` ${fold(label)}`.includes(` ${wanted}`)),
  );
}

/**
 * Backgrounds of avatars. They differ in lightness as well as in hue, so that people who see few hues can tell them
 * apart, and white letters on each pass 4.5:1.
 */
const COLORS = [
  '#8250c4',
  '#b45309',
  '#0b7285',
  '#9d174d',
  '#1f4e9e',
  '#4d6b1c',
  '#5b3a29',
  '#3d4a5c',
  '#b3376e',
  '#14685a',
  '#a3341f',
  '#6d4aa8',
  '#7a5c00',
  '#00607a',
  '#2e5d2a',
  '#7d2f7d',
];

/** The colour of a person: the same for ever, because it follows from the id. */
export function personColor(id: string): string {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  return COLORS[(hash >>> 0) % COLORS.length] ?? '#3d4a5c';
}

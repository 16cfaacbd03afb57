const BROWSERS: [RegExp, string][] = [
  [/YaBrowser\//, 'Yandex Browser'],
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const first = (names: [RegExp, string][], text: string) => names.find(([mark]) => mark.test(text))?.[1];

/**
 * What an owner recognises their session by: «Firefox, Windows», or the name of a program; null when the header says
 * nothing. Of what a stranger can write into the header, nothing else is kept.
 */
export function deviceOf(userAgent: string | undefined): string | null {
  const agent = (userAgent ?? '').slice(0, 500);
  const known = [first(BROWSERS, agent), first(SYSTEMS, agent)].filter(Boolean).join(', ');
  return known || /^[A-Za-z][\w-]{0,30}/.exec(agent)?.[0] || null;
}

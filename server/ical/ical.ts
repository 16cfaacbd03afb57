import { daysAfter } from '@svodka/shared/rules/orders/working-days';
// A calendar as other programs read it: iCalendar, RFC 5545. Instants are in UTC and days are dates, so that no zone has
// to be described.

/** One entry. `until`: the last of its days, for one of whole days. */
export type IcalEntry = {
  uid: string;
  summary: string;
  description: string;
  location: string;
  url: string;
} & ({ on: string; until: string } | { at: Date });

const LONGEST_OCTETS = 75;

/** Commas, semicolons and backslashes are signs of the format; line breaks are written out, other controls dropped. */
const escaped = (text: string): string =>
  text
    .replace(/[\\;,]/g, (sign) => `\\${sign}`)
    .replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is dropped
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** A line of at most 75 octets, and what is left on lines that begin with a space; no character is cut in two. */
function folded(line: string): string {
  const lines: string[] = [];
  let current = '';
  let octets = 0;
  for (const sign of line) {
    const size = Buffer.byteLength(sign);
    if (octets + size > LONGEST_OCTETS) {
      lines.push(current);
      [current, octets] = [' ', 1];
    }
    current += sign;
    octets += size;
  }
  return [...lines, current].join('\r\n');
}

const compact = (day: string): string => day.replaceAll('-', '');
const stamp = (at: Date): string => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** @param now when it was made */
export function ical(name: string, zone: string, entries: readonly IcalEntry[], now: Date): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Svodka//Calendar//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    `X-WR-TIMEZONE:${escaped(zone)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...entries.flatMap((entry) => [
      'BEGIN:VEVENT',
      `UID:${escaped(entry.uid)}`,
      `DTSTAMP:${stamp(now)}`,
      ...('on' in entry
        ? [
            `DTSTART;VALUE=DATE:${compact(entry.on)}`,
            `DTEND;VALUE=DATE:${compact(daysAfter(entry.until, 1))}`,
          ]
        : // Without an end it ends as it begins; one that is no later than the beginning is refused by some programs.
          [`DTSTART:${stamp(entry.at)}`]),
      `SUMMARY:${escaped(entry.summary)}`,
      ...(entry.description ? [`DESCRIPTION:${escaped(entry.description)}`] : []),
      ...(entry.location ? [`LOCATION:${escaped(entry.location)}`] : []),
      `URL:${entry.url.replace(/[\r\n]/g, '')}`,
      // A deadline takes nobody's time.
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

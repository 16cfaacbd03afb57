export type Span = { start: number; end: number };

/**
 * What a Range header asks of so many bytes (RFC 9110): the part from `start` up to `end`; null, all of it, for none,
 * for several at once and for what is no range; undefined: nothing of it is there.
 */
export function spanOf(header: string | undefined, length: number): Span | null | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  if (from === '') {
    const last = Math.min(Number(to), length);
    return last > 0 ? { start: length - last, end: length } : undefined;
  }
  const start = Number(from);
  const end = to === '' ? length : Math.min(Number(to) + 1, length);
  if (to !== '' && Number(to) < start) return null;
  return start < length ? { start, end } : undefined;
}

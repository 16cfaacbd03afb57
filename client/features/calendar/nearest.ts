type Box = { left: number; right: number; top: number; bottom: number };
type Placed = { getBoundingClientRect(): Box };

/** How far a box lies in the direction of an arrow, and how far beside the way there. */
function way(from: Box, to: Box, key: string): { ahead: number; aside: number } {
  const [fx, fy] = [(from.left + from.right) / 2, (from.top + from.bottom) / 2];
  const [tx, ty] = [(to.left + to.right) / 2, (to.top + to.bottom) / 2];
  if (key === 'ArrowLeft') return { ahead: fx - tx, aside: Math.abs(ty - fy) };
  if (key === 'ArrowRight') return { ahead: tx - fx, aside: Math.abs(ty - fy) };
  if (key === 'ArrowUp') return { ahead: fy - ty, aside: Math.abs(tx - fx) };
  return { ahead: ty - fy, aside: Math.abs(tx - fx) };
}

/** What lies next in the direction of an arrow key: straight ahead goes before aside. */
export function nearest<T extends Placed>(from: T, all: readonly T[], key: string): T | null {
  const box = from.getBoundingClientRect();
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const each of all) {
    if (each === from) continue;
    const { ahead, aside } = way(box, each.getBoundingClientRect(), key);
    const cost = ahead + aside * 3;
    if (ahead > 1 && cost < least) [best, least] = [each, cost];
  }
  return best;
}

// What was refused is told by whoever is refused, as often as they like: the one part of the access log that costs its
// author nothing. Folding bounds it (SPEC.md, A5): the same again is counted, and beyond a number of different ones
// only their author is named. Nothing that is stored makes place for it, so evidence cannot be flooded away.
import { limitKey } from '../platform/http/address.ts';
import { Limiter } from '../platform/limits/limiter.ts';
import type { AuditDraft } from './audit.schema.ts';

/** The same thing again within this time is counted, and told once more at its end with the number, ms. */
export const FOLD_MS = 60_000;
/** Different refusals of one person, told one by one. */
const PERSON = { perSecond: 1 / 60, burst: 60 };
/** Those of one network (an address, an IPv6 /64) that nobody has signed in from, told one by one. */
const NETWORK = { perSecond: 1 / 60, burst: 30 };
/** Those of all networks together: how many there are is up to whoever attacks. */
const STRANGERS = { perSecond: 1 / 15, burst: 300 };

type Folded = { draft: AuditDraft; times: number; timer: NodeJS.Timeout };

export class Folding {
  readonly #folded = new Map<string, Folded>();
  readonly #persons: Limiter;
  readonly #networks: Limiter;
  readonly #strangers: Limiter;

  /** @param tell writes a record; called at once for the first of a kind, and later with `times` for the others */
  constructor(
    private readonly tell: (draft: AuditDraft) => void,
    private readonly now: () => Date,
  ) {
    const ms = () => now().getTime();
    this.#persons = new Limiter(PERSON, ms);
    this.#networks = new Limiter(NETWORK, ms);
    this.#strangers = new Limiter(STRANGERS, ms);
  }

  add(draft: AuditDraft): void {
    const network = limitKey(draft.from ?? '');
    const exact = [draft.what, draft.who, network, draft.object?.id, draft.details.route].join(' ');
    if (this.#again(exact)) return;
    if (draft.who !== null) {
      if (this.#persons.take(draft.who)) this.#first(exact, draft);
      else this.#coarse([draft.what, draft.who].join(' '), draft, { from: draft.from });
    } else if (!this.#networks.take(network))
      this.#coarse([draft.what, network].join(' '), draft, { from: draft.from });
    else if (!this.#strangers.take('')) this.#coarse(draft.what, draft, { from: null });
    else this.#first(exact, draft);
  }

  /** Tells what was only counted so far. */
  end(): void {
    for (const key of [...this.#folded.keys()]) this.#unfold(key);
  }

  /** Names neither the thing nor the route: only who, and how often. */
  #coarse(key: string, draft: AuditDraft, { from }: Pick<AuditDraft, 'from'>): void {
    if (this.#again(key)) return;
    // The many networks of strangers are one line in the end: a record for each would be a record for each address.
    if (draft.who === null && from !== null && !this.#strangers.take('')) {
      this.#coarse(draft.what, draft, { from: null });
      return;
    }
    this.#keep(key, { ...draft, from, object: null, details: {} }, 1);
  }

  #first(key: string, draft: AuditDraft): void {
    this.#keep(key, draft, 0);
    this.tell(draft);
  }

  #keep(key: string, draft: AuditDraft, times: number): void {
    const timer = setTimeout(() => this.#unfold(key), FOLD_MS);
    timer.unref();
    this.#folded.set(key, { draft, times, timer });
  }

  #again(key: string): boolean {
    const folded = this.#folded.get(key);
    if (folded) folded.times++;
    return folded !== undefined;
  }

  #unfold(key: string): void {
    const folded = this.#folded.get(key);
    this.#folded.delete(key);
    if (!folded) return;
    clearTimeout(folded.timer);
    const { draft, times } = folded;
    if (times > 0) this.tell({ ...draft, at: this.now(), details: { ...draft.details, times } });
  }
}

import { createHash } from 'node:crypto';
import { type AuditDoc, type AuditDraft, idOfSeq } from './audit.schema.ts';

/** The last link so far. */
export type Tail = { seq: number; hash: string };

/** Before the first record. */
export const START: Tail = { seq: 0, hash: '' };

/** One text for one value: keys in order, moments as ISO. */
function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

/** Over everything that the record holds, its place and the hash before it included. */
export function hashOf({ hash: _, ...rest }: Omit<AuditDoc, 'hash'> & { hash?: string }): string {
  return createHash('sha256').update(canonical(rest)).digest('base64url');
}

/** Gives drafts their places after `tail`. */
export function link(tail: Tail, drafts: readonly AuditDraft[]): AuditDoc[] {
  let { seq, hash: prev } = tail;
  return drafts.map((draft) => {
    seq++;
    const unsigned = { ...draft, _id: idOfSeq(seq), seq, prev };
    const doc = { ...unsigned, hash: hashOf(unsigned) };
    prev = doc.hash;
    return doc;
  });
}

export type Fault = { seq: number; fault: 'altered' | 'removed' | 'reordered' | 'cut-off' | 'head-removed' };

/**
 * Walks the chain in the order of its ids.
 * @param witnesses links that were once acknowledged, as the head of the store, the log of the process or a former walk
 * tell them: records after them may be there, they themselves must be
 * @returns the tail, and what is wrong, in order
 */
export async function verifyChain(
  records: AsyncIterable<AuditDoc>,
  witnesses: readonly Tail[],
): Promise<{ tail: Tail; faults: Fault[] }> {
  const faults: Fault[] = [];
  let tail = START;
  const waiting = new Map<number, Set<string>>();
  for (const { seq, hash } of witnesses) waiting.set(seq, (waiting.get(seq) ?? new Set()).add(hash));
  for await (const record of records) {
    const seq = Number(record._id);
    const told = waiting.get(seq);
    waiting.delete(seq);
    if (hashOf(record) !== record.hash) faults.push({ seq, fault: 'altered' });
    else if (record.seq !== seq) faults.push({ seq, fault: 'reordered' });
    else if (told && (told.size > 1 || !told.has(record.hash))) faults.push({ seq, fault: 'altered' });
    if (seq !== tail.seq + 1) faults.push({ seq: tail.seq + 1, fault: 'removed' });
    else if (record.prev !== tail.hash) faults.push({ seq, fault: 'reordered' });
    tail = { seq, hash: record.hash };
  }
  if (Math.max(0, ...waiting.keys()) > tail.seq) faults.push({ seq: tail.seq + 1, fault: 'cut-off' });
  return { tail, faults };
}

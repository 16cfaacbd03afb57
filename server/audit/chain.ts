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

export type Fault = { seq: number; fault: 'altered' | 'removed' | 'reordered' | 'cut-off' };

/**
 * Walks the chain in the order of its ids.
 * @param head the newest link that was ever acknowledged: records after it may be there, it itself must be
 * @returns the tail, and what is wrong, in order
 */
export async function verifyChain(
  records: AsyncIterable<AuditDoc>,
  head: Tail | null,
): Promise<{ tail: Tail; faults: Fault[] }> {
  const faults: Fault[] = [];
  let tail = START;
  let headHash: string | null = null;
  for await (const record of records) {
    const seq = Number(record._id);
    if (hashOf(record) !== record.hash) faults.push({ seq, fault: 'altered' });
    else if (record.seq !== seq) faults.push({ seq, fault: 'reordered' });
    if (seq !== tail.seq + 1) faults.push({ seq: tail.seq + 1, fault: 'removed' });
    else if (record.prev !== tail.hash) faults.push({ seq, fault: 'reordered' });
    if (seq === head?.seq) headHash = record.hash;
    tail = { seq, hash: record.hash };
  }
  if (head && tail.seq < head.seq) faults.push({ seq: tail.seq + 1, fault: 'cut-off' });
  else if (head && headHash !== head.hash) faults.push({ seq: head.seq, fault: 'altered' });
  return { tail, faults };
}

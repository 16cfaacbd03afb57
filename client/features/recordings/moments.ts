// Moments of a recording: «1:12» in a comment leads to it, wherever the player stands.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { isSound } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { router } from '../../state/router.svelte.ts';

const MOMENT = /(?<![\d:.,])(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?![\d:])/g;
const listeners = new Map<Id, (seconds: number) => void>();

/** The player of an event; one that is asked for a moment before it is there finds it in the address. */
export function onMoment(eventId: Id, go: (seconds: number) => void): () => void {
  listeners.set(eventId, go);
  return () => {
    if (listeners.get(eventId) === go) listeners.delete(eventId);
  };
}

/** The moment in the address, seconds; null: none. */
export function momentAsked(): number | null {
  const asked = router.query.get('t');
  return asked && /^\d{1,6}$/.test(asked) ? Number(asked) : null;
}

/** How long the sound of an event is, seconds; 0: it has none. Infinity: nobody knows. */
export function soundLength({
  attachments = [],
  payload,
}: Pick<SvodkaEvent, 'attachments' | 'payload'>): number {
  if (!attachments.some((file) => isSound(file) && !file.recording?.removedAt)) return 0;
  const { durationMs } = payload;
  return typeof durationMs === 'number' && durationMs > 0 ? durationMs / 1000 : Number.POSITIVE_INFINITY;
}

/** Makes links of the moments in some nodes of a text. What is beyond the end of the recording is the time of a day. */
export function withMoments(nodes: readonly Node[], eventId: Id, length: number): Node[] {
  if (length === 0) return [...nodes];
  return nodes.flatMap((node) => {
    if (node.nodeType !== Node.TEXT_NODE) return [node];
    const text = node.textContent ?? '';
    const made: Node[] = [];
    let from = 0;
    for (const match of text.matchAll(MOMENT)) {
      const [words, hours = '0', minutes = '0', seconds = '0'] = match;
      const at = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
      if (at > length + 1) continue;
      made.push(document.createTextNode(text.slice(from, match.index)), link(words, eventId, at));
      from = match.index + words.length;
    }
    return made.length === 0 ? [node] : [...made, document.createTextNode(text.slice(from))];
  });
}

function link(words: string, eventId: Id, seconds: number): Node {
  const made = document.createElement('a');
  made.textContent = words;
  made.href = router.with({ event: eventId, t: String(seconds) });
  made.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    router.go(router.with({ event: eventId, t: String(seconds) }), { replace: true });
    listeners.get(eventId)?.(seconds);
  });
  return made;
}

// Tells the server that somebody is looking, and where, so that it lets a toast do and holds the letter back for a
// while, keeps what this person has claimed theirs, and shows them to others. The lease there is 30 s; a beat every 10 s
// survives two that are lost. What is otherwise than it was said is said soon.
import type { EventEdit } from '@svodka/shared/contracts/event';
import type { Doing } from '@svodka/shared/feed/socket';
import { live } from '../api/live.ts';
import { people } from './people.svelte.ts';

const EVERY_MS = 10_000;
const SOON_MS = 300;
/** Whoever has not typed for so long does something else. */
const TYPES_MS = 6_000;
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

type Said = { feed: string | null; doing: Doing | null; field: keyof EventEdit | null };
let said: Said = { feed: null, doing: null, field: null };
let beat = () => {};
let soon: ReturnType<typeof setTimeout> | undefined;
let resting: ReturnType<typeof setTimeout> | undefined;

/** What this page shows, and what is done on it; told at once, and with every beat. */
export function isAt(more: Partial<Said>): void {
  const after = { ...said, ...more };
  if (after.feed === said.feed && after.doing === said.doing && after.field === said.field) return;
  said = after;
  clearTimeout(soon);
  soon = setTimeout(() => beat(), SOON_MS);
}

/** Somebody types a comment; it is over when they rest. */
export function isTyping(): void {
  clearTimeout(resting);
  isAt({ doing: 'commenting', field: null });
  resting = setTimeout(() => said.doing === 'commenting' && isAt({ doing: null }), TYPES_MS);
}

/** Beats while the page stands; call the result when the person leaves. */
export function keepPresence(): () => void {
  let lastInput = performance.now();
  beat = () => {
    if (document.visibilityState !== 'visible' || live.state !== 'online') return;
    const idleMs = Math.round(performance.now() - lastInput);
    // Lost with the connection; the next one beats anew.
    live.ask('presence.beat', { visible: true, idleMs, ...said }).then(
      (answer) => people.begin(answer),
      () => {},
    );
  };
  const now = () => beat();
  const input = () => {
    lastInput = performance.now();
  };
  for (const name of INPUTS) addEventListener(name, input, { passive: true, capture: true });
  document.addEventListener('visibilitychange', now);
  const offline = live.onConnect(now);
  const timer = setInterval(now, EVERY_MS);
  return () => {
    beat = () => {};
    clearInterval(timer);
    offline();
    document.removeEventListener('visibilitychange', now);
    for (const name of INPUTS) removeEventListener(name, input, { capture: true });
  };
}

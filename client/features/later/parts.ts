import { withTexts } from '../../state/i18n.svelte.ts';

// Parts of screens that the first screen does not need. They are fetched as soon as that is drawn, so that they open at
// once, and without a connection too; or when they are opened before that.

const parts: (() => Promise<unknown>)[] = [];

/** A part of a screen, named by the room that has it. It is asked for again after a failure. */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let fetching: Promise<T> | null = null;
  const part = () => {
    fetching ??= withTexts(load()).catch((error: unknown) => {
      fetching = null;
      throw error;
    });
    return fetching;
  };
  parts.push(part);
  return part;
}

/** @returns gives it up */
export function fetchPartsSoon(): () => void {
  const timer = setTimeout(() => {
    for (const part of parts) part().catch(() => undefined);
  });
  return () => clearTimeout(timer);
}

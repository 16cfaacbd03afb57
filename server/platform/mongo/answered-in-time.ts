/**
 * What `answer` resolves to. For streams whose every wait ends by itself: one that answers nothing at all is not
 * alive, though no error says so (a connection that was cut without a word, a server that stands still).
 * @param ms how long it may take
 * @param what is named by the error
 * @throws Error when it takes longer
 */
export async function answeredInTime<T>(answer: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} is silent for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** A change stream that answers nothing for so long is not alive, ms: each of its waits ends after five seconds. */
export const STREAM_SILENCE_MS = 20_000;

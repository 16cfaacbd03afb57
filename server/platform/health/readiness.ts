import { Injectable } from '@nestjs/common';

type Probe = () => boolean | Promise<boolean>;
const PATIENCE_MS = 2_000;

/** What must work for the server to be of use. Rooms register their own part: `store`, `feed`, `jobs`. */
@Injectable()
export class Readiness {
  readonly #probes = new Map<string, Probe>();

  /** A probe answers quickly and does not throw for a part that is merely away. */
  register(name: string, probe: Probe): void {
    this.#probes.set(name, probe);
  }

  async ask(): Promise<Record<string, boolean>> {
    const answers = await Promise.all(
      [...this.#probes].map(async ([name, probe]) => [name, await inTime(probe)] as const),
    );
    return Object.fromEntries(answers);
  }
}

async function inTime(probe: Probe): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([probe(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

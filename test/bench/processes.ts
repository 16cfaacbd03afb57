import { readdirSync, readFileSync } from 'node:fs';

/** Anonymous resident memory in MiB: LMDB's file map, which the system may drop at will, counts as RSS but not here. */
export function anonymousMiB(pid: number): number {
  try {
    const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib) / 1024;
  } catch {
    return Number.NaN; // not Linux
  }
}

/** Processes that `pid` started: the store, under the app. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((child) => {
        try {
          return Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid;
        } catch {
          return false; // ended meanwhile
        }
      });
  } catch {
    return [];
  }
}

/** Processor time that a process has used so far, ms; of /proc, whose tick is 10 ms. */
export function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN; // not Linux, or ended
  }
}

/** What a process's main thread has run, and waited for a processor that others had, ms so far. */
export function turnsMs(pid: number): { ran: number; waited: number } {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return { ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 };
  } catch {
    return { ran: Number.NaN, waited: Number.NaN }; // not Linux, or ended
  }
}

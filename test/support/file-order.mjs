// Which test file comes when. Those that start processes and browsers (`test/`) wait for most of their time; they are
// spread among those that compute, so that the workers keep the processors busy. What is short comes last: then the
// workers end together. Durations are known from earlier runs; in a fresh clone jest goes by the size of the file. Those
// of the page come after all others: a worker that they have filled is let go, and with it the world that others share.
import { relative } from 'node:path';
import SequencerModule from '@jest/test-sequencer';

const Sequencer = SequencerModule.default ?? SequencerModule;
/** So many that compute for each that waits. */
const BETWEEN = 2;

export default class FileOrder extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isIn = (folder) => (test) => relative(test.context.config.rootDir, test.path).startsWith(folder);
    const waiting = sorted.filter(isIn('test'));
    const page = sorted.filter(isIn('client'));
    const others = sorted.filter((test) => !waiting.includes(test) && !page.includes(test));
    const order = [];
    for (let i = 0; i < others.length || waiting.length > 0; i += BETWEEN)
      order.push(...waiting.splice(0, 1), ...others.slice(i, i + BETWEEN));
    return [...order, ...page];
  }
}

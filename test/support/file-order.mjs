// Which test file comes when. Those that start processes and browsers (`test/`) wait for most of their time; they are
// spread among those that compute, so that the workers keep the processors busy. What is short comes last: then the
// workers end together. Durations are known from earlier runs; in a fresh clone jest goes by the size of the file.
import { relative } from 'node:path';
import SequencerModule from '@jest/test-sequencer';

const Sequencer = SequencerModule.default ?? SequencerModule;
/** So many that compute for each that waits. */
const BETWEEN = 2;

export default class FileOrder extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const waits = ({ path, context }) => relative(context.config.rootDir, path).startsWith('test');
    const waiting = sorted.filter(waits);
    const others = sorted.filter((test) => !waits(test));
    const order = [];
    for (let i = 0; i < others.length || waiting.length > 0; i += BETWEEN)
      order.push(...waiting.splice(0, 1), ...others.slice(i, i + BETWEEN));
    return order;
  }
}

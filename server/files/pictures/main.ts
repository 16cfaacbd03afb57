// The process in which strangers' files are looked at. What a file does to a decoder it does here: whoever asks ends
// this process when it takes too long, and starts another.
import { look, type Task } from './look.ts';

process.on('message', (task: Task) => {
  void look(task).then((seen) => process.send?.(seen));
});
process.on('disconnect', () => process.exit());

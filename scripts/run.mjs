// Builds what is stale, then becomes one built program: node scripts/run.mjs server/demo/main.js [arguments]
import './node-version.mjs';
import { install } from './install.mjs';
import { become } from './program.mjs';

const [program, ...args] = process.argv.slice(2);
install();
await become(program, args, { client: program.startsWith('test/') });

// npm start: installs what is missing, builds what is stale, then becomes the server.
import './node-version.mjs';
import { install } from './install.mjs';
import { become } from './program.mjs';

install();
await become('server/main.js', process.argv.slice(2), { client: true });

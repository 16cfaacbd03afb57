// For the container: 0 when the application in it answers that it is well.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

const tls = Boolean(process.env.TLS_CERT);
const path = { host: '127.0.0.1', port: process.env.PORT ?? 3000, path: '/api/health', timeout: 4000 };

// The certificate is made out to the public name, and this is the inside.
(tls ? secure : plain)({ ...path, rejectUnauthorized: false })
  .on('response', (response) => process.exit(response.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
  .end();

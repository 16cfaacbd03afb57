// No engine runs where these tests do, so this is what can be known of docker-compose.yml without one: it fits the
// Compose Specification, and it keeps to what the README says of it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { root } from '../support/app-process.ts';

interface Service {
  build?: string;
  image?: string;
  restart?: string;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  read('docker-compose.yml'),
);
const services = Object.entries(compose.services);
/** Services that do one thing and end; their exit code is their health. */
const oneOff = services.filter(([, service]) => service.restart === 'no').map(([name]) => name);

describe('docker-compose.yml', () => {
  it('fits the schema of the Compose Specification', () => {
    const dclint = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
    const schema = JSON.parse(readFileSync(join(dclint, 'schemas/compose.schema.json'), 'utf8'));
    const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    ajv.addFormat('duration', true); // Compose's own: 5s, 1m30s
    const validate = ajv.compile({ ...schema, $schema: undefined });
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { app: { imgae: 'x' } } })).toBe(false);
  });

  it('asks every service that stays how it is', () => {
    const silent = services.filter(([name, { healthcheck }]) => !healthcheck && !oneOff.includes(name));
    expect(silent).toEqual([]);
    expect(oneOff).toEqual(['mongo-key', 'mongo-init']);
  });

  it('waits for health, or for the end of what only runs once', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect({ name, other, condition }).toEqual({
          name,
          other,
          condition: oneOff.includes(other) ? 'service_completed_successfully' : 'service_healthy',
        });
        expect(Object.keys(compose.services)).toContain(other);
      }
    }
    expect(Object.keys(compose.services.app?.depends_on ?? {})).toContain('mongo-init');
  });

  it('holds no password, and has no default for one', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|SECRET|TOKEN/.test(variable)) continue;
        // Without it there is no webhook.
        const isOptional = variable === 'WEBHOOK_SECRET';
        expect(`${name} ${variable} ${value}`).toMatch(isOptional ? / \$\{\w+:-\}$/ : / \$\{\w+:\?[^}]+\}$/);
      }
    }
    expect(compose.services.app?.environment?.MONGODB_URI).toMatch(
      /:\/\/svodka:\$\{MONGO_APP_PASSWORD:\?[^}]+\}@/,
    );
  });

  it('publishes to this machine only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(0);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('keeps all state in volumes that it declares', () => {
    for (const [, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(read(source)).not.toBe('');
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
    expect(compose.services.mongo?.volumes).toContain('mongo-data:/data/db');
  });

  it('names in .env.example each variable that must be given, without a value', () => {
    const example = read('.env.example');
    const demanded = new Set(
      [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name),
    );
    expect([...demanded].sort()).toEqual(['ADMIN_PASSWORD', 'MONGO_APP_PASSWORD', 'MONGO_ROOT_PASSWORD']);
    for (const name of demanded) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
  });
});

/** Just enough of mongosh for the script to talk to; `state` is what the server remembers between two runs. */
function runInit(state: { initiated: boolean; users: Map<string, { pwd: string }> }): string[] {
  const done: string[] = [];
  const admin = {
    adminCommand(command: Record<string, unknown>) {
      if ('replSetGetStatus' in command && !state.initiated) {
        throw Object.assign(new Error('no replset config has been received'), { code: 94 });
      }
      if ('replSetInitiate' in command) {
        state.initiated = true;
        done.push('initiate');
      }
      return { ok: 1 };
    },
    hello: () => ({ isWritablePrimary: state.initiated }),
  };
  const application = {
    getUser: (name: string) => state.users.get(name) ?? null,
    createUser({ user, pwd }: { user: string; pwd: string }) {
      state.users.set(user, { pwd });
      done.push('createUser');
    },
    updateUser(user: string, { pwd }: { pwd: string }) {
      state.users.set(user, { pwd });
      done.push('updateUser');
    },
  };
  runInNewContext(read('scripts/mongo-init.js'), {
    Mongo: class {
      getDB = (name: string) => (name === 'admin' ? admin : application);
    },
    process: { env: { MONGO_ROOT_PASSWORD: 'r', MONGO_APP_PASSWORD: 'a' } },
    print() {},
    sleep() {},
    quit(code: number) {
      throw new Error(`quit ${code}`);
    },
  });
  return done;
}

describe('scripts/mongo-init.js', () => {
  it('initiates once, and finds its work done the next time', () => {
    const state = { initiated: false, users: new Map<string, { pwd: string }>() };
    expect(runInit(state)).toEqual(['initiate', 'createUser']);
    expect(runInit(state)).toEqual(['updateUser']);
    expect(state.users.get('svodka')).toEqual({ pwd: 'a' });
  });
});

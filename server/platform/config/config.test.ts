import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { loadConfig, SettingsError } from './config.ts';

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
};

describe(loadConfig.name, () => {
  it('has a default that works for every setting', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      mongodbUri: null,
      publicUrl: null,
      smtpUrl: null,
      adminLogin: 'admin',
      adminPassword: null,
      allowedOrigins: [],
      allowHttp: false,
      trustProxy: 0,
      tzDefault: 'Europe/Moscow',
      logLevel: 'info',
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect([config.secureCookie, config.insecure, config.encrypted]).toEqual([true, false, false]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', MONGODB_URI: ' ', SMTP_URL: '' })).toMatchObject({
      port: 3000,
      mongodbUri: null,
    });
  });

  it.each(['p@ss', 'p@ss/word', 'pa/ss', '@', 'a@b@c'])(
    'refuses an address of a store whose password could be read otherwise, and prints none of it: %s',
    (password) => {
      const faults = faultsOf({ MONGODB_URI: `mongodb://app:${password}@db.example/svodka` });
      expect(faults).toEqual([expect.stringMatching(/^MONGODB_URI: .*percent-encoded/)]);
      expect(faults.join()).not.toContain('app:');
    },
  );

  it('takes every other address of a store', () => {
    for (const uri of [
      'mongodb://a.example:27017,b.example:27017/svodka?replicaSet=rs&appName=x@y',
      'mongodb://app:p%40ss%2Fword@db.example/svodka',
      'mongodb+srv://app:secret@cluster.example/?retryWrites=true',
      'mongodb://127.0.0.1:27017',
      'mongodb://%2Ftmp%2Fx%2Fstore.sock/?directConnection=true',
    ])
      expect(faultsOf({ MONGODB_URI: uri })).toEqual([]);
  });

  it('reports all faults together, each by the name of its setting', () => {
    const faults = faultsOf({
      PORT: '99999',
      SMTP_URL: 'mail.example',
      TZ_DEFAULT: 'Moscow',
      ALLOWED_ORIGINS: 'https://ok.example,nonsense',
      ADMIN_PASSWORD: 'short',
      TLS_KEY: 'key.pem',
      LOG_LEVEL: 'loud',
      HOST: '0.0.0.0',
    });
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'ADMIN_PASSWORD',
      'ALLOWED_ORIGINS',
      'HOST',
      'LOG_LEVEL',
      'PORT',
      'SMTP_URL',
      'TLS_CERT',
      'TZ_DEFAULT',
    ]);
  });

  it.each([
    ['desk@windows.example', { address: 'desk@windows.example', name: null }],
    ['<desk@windows.example>', { address: 'desk@windows.example', name: null }],
    ['ООО «Окна» <desk@windows.example>', { address: 'desk@windows.example', name: 'ООО «Окна»' }],
    ['"Windows, Ltd" <desk@windows.example>', { address: 'desk@windows.example', name: 'Windows, Ltd' }],
  ])('sends mail from %s', (MAIL_FROM, mailFrom) => {
    expect(loadConfig({ MAIL_FROM }).mailFrom).toEqual(mailFrom);
  });

  it.each(['desk', 'a@b.example, c@d.example', 'Desk <desk>', 'Desk desk@windows.example', 'a@b@c'])(
    'sends no mail from %s',
    (MAIL_FROM) => {
      expect(faultsOf({ MAIL_FROM })).toEqual([
        expect.stringMatching(/^MAIL_FROM: must be one mail address/),
      ]);
    },
  );

  it.each(['0.0.0.0', '192.168.1.5', 'desk.local', '::'])(
    'refuses to be reached unencrypted at %s',
    (HOST) => {
      expect(faultsOf({ HOST })).toEqual([expect.stringContaining('ALLOW_HTTP=1')]);
      expect(loadConfig({ HOST, ALLOW_HTTP: '1' })).toMatchObject({ secureCookie: false, insecure: true });
      const proxied = loadConfig({ HOST, PUBLIC_URL: 'https://svodka.example/' });
      expect(proxied).toMatchObject({
        publicUrl: 'https://svodka.example',
        secureCookie: true,
        insecure: false,
      });
      expect(proxied.baseUrl).toBe('https://svodka.example');
    },
  );

  it.each(['localhost', '127.0.0.1', '::1'])('asks for nothing at %s', (HOST) => {
    expect(loadConfig({ HOST })).toMatchObject({ secureCookie: true, insecure: false });
  });

  it('needs certificate and key together, and readable', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'svodka-tls-'));
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    expect(faultsOf({ TLS_KEY: key })).toEqual([expect.stringMatching(/^TLS_CERT/)]);
    expect(faultsOf({ TLS_CERT: cert, TLS_KEY: key })).toEqual([
      expect.stringMatching(/^TLS_CERT: .*ENOENT/),
      expect.stringMatching(/^TLS_KEY: .*ENOENT/),
    ]);
    await Promise.all([writeFile(cert, 'CERT'), writeFile(key, 'KEY')]);
    expect(loadConfig({ HOST: '0.0.0.0', TLS_CERT: cert, TLS_KEY: key })).toMatchObject({
      tlsCert: 'CERT',
      tlsKey: 'KEY',
      secureCookie: true,
    });
    await rm(dir, { recursive: true });
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
  ])('reads TRUST_PROXY=%s', (TRUST_PROXY, expected) => {
    expect(loadConfig({ TRUST_PROXY }).trustProxy).toEqual(expected);
  });

  it('says where links point once the port is known', () => {
    const config = loadConfig({ PORT: '0' });
    config.listeningAt('http://127.0.0.1:41234');
    expect(config.baseUrl).toBe('http://127.0.0.1:41234');
  });
});

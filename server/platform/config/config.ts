import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LineSchema, ZoneSchema } from '@svodka/shared/contracts/common';
import { LoginSchema, PasswordSchema } from '@svodka/shared/contracts/user';
import { z } from 'zod';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

const flag = z
  .enum(['0', '1', 'false', 'true'], { error: 'must be 0 or 1' })
  .transform((text) => text === '1' || text === 'true');

/** `scheme://host[:port]` in the form in which browsers send it as Origin. */
const origin = z.string().transform((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  )
    return url.origin;
  ctx.addIssue({ code: 'custom', message: `"${text}" is not an address like https://svodka.example` });
  return z.NEVER;
});

const proxies = z.string().transform((text, ctx): number | string[] => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const list = text.split(',').map((part) => part.trim());
  if (list.every((part) => /^(loopback|linklocal|uniquelocal|[0-9a-f.:]+(\/\d{1,3})?)$/i.test(part)))
    return list;
  ctx.addIssue({ code: 'custom', message: 'must be a number of proxies or a list of their addresses' });
  return z.NEVER;
});

/** Every setting, its form and its default. The README's table says the same to people. */
const SettingsSchema = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535).default(3000),
  HOST: z.string().max(255).default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, {
      error: 'must begin with mongodb:// or mongodb+srv://',
      abort: true,
    })
    // Else a part of the password counts as the name of a host, and is printed as that.
    .regex(/^[^:]+:\/\/(?:[^@/?\s]*@)?[^@?\s]+(?:\?\S*)?$/, {
      error: 'needs @ / ? % in user name and password percent-encoded, such as %40 for @',
    })
    .optional(),
  PUBLIC_URL: origin.optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, { error: 'must begin with smtp:// or smtps://' })
    .refine((text) => URL.canParse(text), { error: 'is not a URL' })
    .optional(),
  MAIL_FROM: z
    .string()
    .default('svodka@localhost')
    .transform((text, ctx): { address: string; name: string | null } => {
      const named = /^"?([^"<>@]*?)"?\s*<([^<>]*)>$/.exec(text);
      const address = named?.[2] ?? text;
      if (!/^[^\s@<>",;:]+@[^\s@<>",;:]+$/.test(address)) {
        ctx.addIssue({
          code: 'custom',
          message: 'must be one mail address, such as svodka@example.com or Svodka <svodka@example.com>',
        });
        return z.NEVER;
      }
      return { address, name: named?.[1]?.trim() || null };
    }),
  ADMIN_LOGIN: LoginSchema.default('admin'),
  ADMIN_PASSWORD: PasswordSchema.optional(),
  ALLOWED_ORIGINS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(origin))
    .default([]),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  ALLOW_HTTP: flag.default(false),
  TRUST_PROXY: proxies.default(0),
  SOURCES_DIR: z.string().optional(),
  COMPANY_NAME: LineSchema(80).optional(),
  WEBHOOK_URL: z
    .string()
    .regex(/^https?:\/\/\S+$/, { error: 'must begin with https:// or http://' })
    .refine((text) => URL.canParse(text), { error: 'is not a URL' })
    .optional(),
  WEBHOOK_SECRET: z.string().min(16, { error: 'must have 16 characters or more' }).optional(),
  ALLOW_PRIVATE: flag.default(false),
  TZ_DEFAULT: ZoneSchema.default('Europe/Moscow'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

type Settings = z.infer<typeof SettingsSchema>;

/** All that is wrong with the settings, in one message, a line per fault. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly faults: string[]) {
    super(
      faults.length === 1
        ? `Svodka cannot start: ${faults[0]}`
        : `Svodka cannot start with these settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}

/** The settings of this process. Made by `loadConfig`; nothing else reads the environment. */
export class AppConfig {
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly dataDir: string;
  /** Null: the embedded store in `dataDir`. */
  readonly mongodbUri: string | null;
  /** Origin under which people reach the app, no slash at the end; null: the address that it listens on. */
  readonly publicUrl: string | null;
  /** Null: mail is kept and readable in the app. */
  readonly smtpUrl: string | null;
  /** Without a name letters are from Svodka, in the language of the reader, or from the company. */
  readonly mailFrom: { address: string; name: string | null };
  /** Absolute path of the folder that files of sources are dropped into; null: none is watched. */
  readonly sourcesDir: string | null;
  /** What customers know the company by; null: they are told none. */
  readonly companyName: string | null;
  /** Another program that rules may tell; null: none. */
  readonly webhook: { url: string; secret: string } | null;
  /** The webhook and the push services of browsers may be inside the network. */
  readonly allowPrivate: boolean;
  readonly adminLogin: string;
  readonly adminPassword: string | null;
  readonly allowedOrigins: readonly string[];
  /** PEM texts. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly allowHttp: boolean;
  /** How many proxies to believe, or their addresses; 0: nobody's X-Forwarded-* headers count. */
  readonly trustProxy: number | readonly string[];
  readonly tzDefault: string;
  readonly logLevel: Settings['LOG_LEVEL'];
  #listening: string | null = null;

  constructor(settings: Settings, tls: { cert: string; key: string } | null) {
    this.port = settings.PORT;
    this.host = settings.HOST;
    this.dataDir = resolve(settings.DATA_DIR);
    this.mongodbUri = settings.MONGODB_URI ?? null;
    this.publicUrl = settings.PUBLIC_URL ?? null;
    this.smtpUrl = settings.SMTP_URL ?? null;
    this.mailFrom = settings.MAIL_FROM;
    this.sourcesDir = settings.SOURCES_DIR ? resolve(settings.SOURCES_DIR) : null;
    this.companyName = settings.COMPANY_NAME ?? null;
    const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = settings;
    this.webhook = url && secret ? { url, secret } : null;
    this.allowPrivate = settings.ALLOW_PRIVATE;
    this.adminLogin = settings.ADMIN_LOGIN;
    this.adminPassword = settings.ADMIN_PASSWORD ?? null;
    this.allowedOrigins = settings.ALLOWED_ORIGINS;
    this.tlsCert = tls?.cert ?? null;
    this.tlsKey = tls?.key ?? null;
    this.allowHttp = settings.ALLOW_HTTP;
    this.trustProxy = settings.TRUST_PROXY;
    this.tzDefault = settings.TZ_DEFAULT;
    this.logLevel = settings.LOG_LEVEL;
  }

  /** Whether the browser keeps a Secure cookie: over https, and by exception on loopback. */
  get secureCookie(): boolean {
    return this.encrypted || LOOPBACK.test(this.host);
  }

  /** People reach the app over https, either here or at a proxy. */
  get encrypted(): boolean {
    return this.tlsCert !== null || (this.publicUrl?.startsWith('https:') ?? false);
  }

  /** Reached unencrypted from other machines, by ALLOW_HTTP: the screen says so. */
  get insecure(): boolean {
    return !this.secureCookie;
  }

  /** Where links point: PUBLIC_URL, else the address that the server listens on. No slash at the end. */
  get baseUrl(): string {
    return this.publicUrl ?? this.#listening ?? `http://127.0.0.1:${this.port}`;
  }

  /** Told by the start, once the port is known. */
  listeningAt(url: string): void {
    this.#listening = url;
  }
}

/** Settings that do not go together. Asked of the texts, so that these faults are told beside those of single ones. */
function contradictions(given: Partial<Record<string, string>>): string[] {
  const faults: string[] = [];
  const { HOST = '127.0.0.1', TLS_CERT, TLS_KEY, PUBLIC_URL = '', ALLOW_HTTP = '' } = given;
  if (Boolean(TLS_CERT) !== Boolean(TLS_KEY))
    faults.push(`${TLS_CERT ? 'TLS_KEY' : 'TLS_CERT'}: TLS_CERT and TLS_KEY are set together or not at all`);
  const { WEBHOOK_URL, WEBHOOK_SECRET } = given;
  if (Boolean(WEBHOOK_URL) !== Boolean(WEBHOOK_SECRET))
    faults.push(
      `${WEBHOOK_URL ? 'WEBHOOK_SECRET' : 'WEBHOOK_URL'}: WEBHOOK_URL and WEBHOOK_SECRET are set together or not at all`,
    );
  const isEncrypted = Boolean(TLS_CERT) || PUBLIC_URL.startsWith('https:');
  if (!LOOPBACK.test(HOST) && !isEncrypted && !['1', 'true'].includes(ALLOW_HTTP))
    faults.push(
      `HOST: ${HOST} is reachable from other machines, and passwords would travel unencrypted: set TLS_CERT and ` +
        'TLS_KEY, or PUBLIC_URL=https://… behind a proxy that encrypts, or accept it with ALLOW_HTTP=1',
    );
  return faults;
}

function readPem(name: string, path: string, faults: string[]): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    faults.push(`${name}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return '';
  }
}

/**
 * Reads the settings. An empty variable counts as unset, because compose files pass those.
 * @throws SettingsError with all faults together
 */
export function loadConfig(env: Record<string, string | undefined>): AppConfig {
  const given = Object.fromEntries(
    Object.keys(SettingsSchema.shape).flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = SettingsSchema.safeParse(given);
  const found = new Map<string, string>();
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0]);
    const words = /^[a-z]+$/.test(message) ? `is not a valid ${message}` : message;
    if (!found.has(name)) found.set(name, `${name}: ${words}`);
  }
  const all = [...found.values(), ...contradictions(given)];
  if (!parsed.success || all.length > 0) throw new SettingsError(all);
  const { TLS_CERT, TLS_KEY } = parsed.data;
  if (!TLS_CERT || !TLS_KEY) return new AppConfig(parsed.data, null);
  const faults: string[] = [];
  const tls = { cert: readPem('TLS_CERT', TLS_CERT, faults), key: readPem('TLS_KEY', TLS_KEY, faults) };
  if (faults.length > 0) throw new SettingsError(faults);
  return new AppConfig(parsed.data, tls);
}

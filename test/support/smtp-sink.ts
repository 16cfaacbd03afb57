/**
 * A real SMTP server on loopback that keeps what it was given and does what a test says: take a letter, refuse it for
 * now or for good, hang up in the middle of it, or after the final dot with or without having kept the letter.
 */
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { until } from './until.ts';

export type Letter = ParsedMail & {
  recipients: string[];
  messageId?: string;
  /** Whether its sender was told that it is kept. */
  isAnswered: boolean;
};

/** What the server does with the next letter; `take` when the script has run out. */
export type Act =
  | 'take'
  | 'later'
  | 'never'
  | 'hang-up-before-dot'
  | 'hang-up-after-dot'
  | 'take-and-hang-up'
  | 'stall';

type SmtpError = Error & { responseCode?: number };
const refusal = (responseCode: number, text: string): SmtpError =>
  Object.assign(new Error(text), { responseCode });

export interface SmtpSink {
  /** For `SMTP_URL`. */
  url: string;
  /** Letters that were kept, in the order of their final dots. */
  letters: Letter[];
  /** How often a letter was offered, whatever became of it. */
  offers: number;
  /** Appends to what is done with the next letters. */
  script(...acts: Act[]): void;
  /** What is done with each try of a letter, in place of a script. */
  answerBy(choose: (messageId: string) => Act): void;
  /** Waits for the first kept letter that fits; a letter is not taken off the list. */
  letter(fits: (letter: Letter) => boolean, timeoutMs?: number): Promise<Letter>;
  to(address: string): Letter[];
  close(): Promise<void>;
}

export async function startSmtpSink(options: SMTPServerOptions = {}): Promise<SmtpSink> {
  const acts: Act[] = [];
  const letters: Letter[] = [];
  const sink = { offers: 0 };
  let choose = (_messageId: string): Act => acts.shift() ?? 'take';
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      sink.offers++;
      let act: Act | undefined;
      let head = '';
      stream.on('data', (chunk: Buffer) => {
        if (act) return;
        head += chunk;
        const messageId = /^message-id:\s*(<.*>)/im.exec(head)?.[1];
        if (messageId) act = choose(messageId);
        if (act === 'hang-up-before-dot') hangUp(session.id);
      });
      simpleParser(stream).then(
        (parsed) => {
          if (act === 'take' || act === 'take-and-hang-up') {
            const recipients = session.envelope.rcptTo.map(({ address }) => address);
            letters.push(Object.assign(parsed, { recipients, isAnswered: act === 'take' }) as Letter);
          }
          if (act === 'take') done(null, 'kept');
          else if (act === 'later') done(refusal(451, 'come back later'));
          else if (act === 'never') done(refusal(550, 'no such mailbox'));
          else if (act !== 'stall') hangUp(session.id);
        },
        (error: Error) => done(error),
      );
    },
    ...options,
  });
  // smtp-server has no public way to cut one client; its connections are a set with the session's id on each.
  function hangUp(sessionId: string) {
    const { connections } = server as unknown as {
      connections: Set<{ session: { id: string }; _socket: { destroy(): void } }>;
    };
    for (const connection of connections) {
      if (connection.session.id === sessionId) connection._socket.destroy();
    }
  }
  server.on('error', () => undefined); // a cut client is what these tests are about
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    get offers() {
      return sink.offers;
    },
    script: (...next) => void acts.push(...next),
    answerBy(by) {
      choose = by;
    },
    letter: (fits, timeoutMs = 15_000) =>
      until(() => letters.find(fits), {
        timeoutMs,
        what: () => `a letter; kept are ${JSON.stringify(letters.map((kept) => kept.subject))}`,
      }),
    to: (address) => letters.filter((letter) => letter.recipients.includes(address)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Refusals for now and for good, and everything that leaves a letter without an answer but a server that stalls. */
const FAULTS = ['later', 'never', 'hang-up-before-dot', 'hang-up-after-dot', 'take-and-hang-up'] as const;

/**
 * Nearly every second try of a letter fails, but no letter fails more than twice, so that each is taken or refused for
 * good long before its sender gives up.
 * @param stalls so many of the tries are left without any answer
 */
export function faulty(random: () => number, stalls = 0): (messageId: string) => Act {
  const failed = new Map<string, number>();
  let left = stalls;
  return (messageId) => {
    const times = failed.get(messageId) ?? 0;
    if (times === 2 || random() >= 0.45) return 'take';
    failed.set(messageId, times + 1);
    if (random() < 0.05 && left-- > 0) return 'stall';
    return FAULTS[Math.floor(random() * FAULTS.length)] as Act;
  };
}

/** The mailboxes of an address header. */
export function mailboxes(
  header: AddressObject | AddressObject[] | undefined,
): { name: string; address?: string }[] {
  return [header ?? []].flat().flatMap(({ value }) => value);
}

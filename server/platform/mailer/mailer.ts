/**
 * The way out for e-mail: one letter, one connection, one plain answer about what became of it.
 *
 * There is no pool: a pool keeps letters in memory that die with the process, and the queue is the outbox's.
 * `beforeDot` runs when everything but the final dot has been handed over. A caller that writes down there that
 * the point of no return is reached can tell afterwards a letter that surely did not go out from one that may have.
 */
import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport';
import { smtpOptions } from './smtp-options.ts';

export type Mailbox = { name: string; address: string };

export type Letter = {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  text: string;
  html: string;
  /** With the angle brackets. The same for every attempt, so that a receiver can drop a repetition. */
  messageId: string;
  language: string;
  /** Where one press ends such letters (RFC 8058). */
  unsubscribe?: string | undefined;
  /** With the angle brackets: what all letters about one thing name, so that they stand together. */
  thread?: string | undefined;
};

/**
 * `sent`: the server took it. `refused`: the server or the connection said no before the letter was handed over, or
 * the server answered with an error; `permanent` says that trying again is pointless, and `isUnknown` that there is no
 * such mailbox, whatever the letter. `ambiguous`: the letter was
 * handed over and no answer came. `response` is the server's reply or the fault, on one line; `no-tls`: it has none.
 */
export type Outcome =
  | { kind: 'sent'; response: string }
  | { kind: 'refused'; permanent: boolean; isUnknown?: boolean; response: string }
  | { kind: 'ambiguous'; response: string };

type SmtpError = Error & {
  code?: string;
  command?: string;
  responseCode?: number | false;
  response?: string;
};

/** What a refusal says of trying again: only an answer about this letter or this mailbox is final. */
function isPermanent(error: SmtpError): boolean {
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return false;
  return !error.responseCode || error.responseCode >= 500;
}

/**
 * Whether the server says that the mailbox does not exist or takes nothing any more: by the enhanced code where it
 * gives one (RFC 3463), else by the answer to the recipient. A full mailbox and a letter that is not liked are neither.
 */
function isUnknownMailbox({ code, command, responseCode, response = '' }: SmtpError): boolean {
  if (!responseCode || responseCode < 500) return false;
  const enhanced = /^5\d\d[ -]5\.(\d{1,3})\.(\d{1,3})\b/.exec(response);
  if (enhanced) return enhanced[1] === '1' || (enhanced[1] === '2' && enhanced[2] === '1');
  return code === 'EENVELOPE' && command === 'RCPT TO' && [550, 551, 553].includes(responseCode);
}

/** No line breaks: header values are one line, whatever a title carries. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}

export class Mailer {
  readonly #options: SMTPTransport.Options | null;

  /** @param smtpUrl `smtp://user:password@host:port` or `smtps://…`; null: no mail leaves this installation. */
  constructor(smtpUrl: string | null | undefined) {
    this.#options = smtpUrl ? smtpOptions(smtpUrl) : null;
  }

  /** Whether letters can leave at all. */
  get isOn(): boolean {
    return this.#options !== null;
  }

  /**
   * Never throws for what a server does; a throw out of `beforeDot` stops the letter and comes out again.
   * @param signal ends the attempt from outside; before the dot the letter is then surely not sent
   */
  async send(
    letter: Letter,
    { beforeDot, signal }: { beforeDot?: () => Promise<void>; signal?: AbortSignal } = {},
  ): Promise<Outcome> {
    if (!this.#options) throw new Error('no SMTP server is configured');
    let handedOver = false;
    let stopped: unknown;
    const transport = nodemailer.createTransport(this.#options);
    transport.use('stream', (mail, done) => {
      // Pulled only once the server has said 354, so what comes after the last chunk is just before the dot.
      mail.message.processFunc((input: Readable) =>
        Readable.from(
          (async function* () {
            yield* input;
            try {
              await beforeDot?.();
              signal?.throwIfAborted();
            } catch (error) {
              stopped = error;
              throw error;
            }
            handedOver = true;
          })(),
        ),
      );
      done();
    });
    try {
      const info = await transport.sendMail({
        from: letter.from,
        to: letter.to,
        subject: oneLine(letter.subject),
        text: letter.text,
        html: letter.html,
        messageId: letter.messageId,
        references: letter.thread,
        inReplyTo: letter.thread,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'Content-Language': letter.language,
          ...(letter.unsubscribe && {
            'List-Unsubscribe': `<${letter.unsubscribe}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
        },
        signal,
      });
      return { kind: 'sent', response: oneLine(info.response) };
    } catch (caught) {
      if (stopped) throw stopped;
      const error = caught as SmtpError;
      // Its answer to being asked for TLS says nothing to whoever reads it.
      const lacksTls = error.code === 'ETLS' && Boolean(error.response);
      const response = lacksTls ? 'no-tls' : oneLine(error.response || error.message).slice(0, 500);
      if (handedOver && !error.responseCode) return { kind: 'ambiguous', response };
      return { kind: 'refused', permanent: isPermanent(error), isUnknown: isUnknownMailbox(error), response };
    }
  }
}

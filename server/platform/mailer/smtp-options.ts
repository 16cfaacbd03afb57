import type SMTPTransport from 'nodemailer/lib/smtp-transport';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/**
 * Transport options from `SMTP_URL`. A password never crosses a network in the clear: with credentials STARTTLS is
 * required, except on loopback. Letters are text that we made: files and addresses in them are not followed.
 * @throws TypeError when it is no URL
 */
export function smtpOptions(smtpUrl: string): SMTPTransport.Options {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(url.username);
  return {
    host,
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    auth: user ? { user, pass: decodeURIComponent(url.password) } : undefined,
    requireTLS: !secure && user !== '' && !LOOPBACK.test(host),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    // Longer than whoever sends waits for an answer: they know what is waited for, and end it.
    socketTimeout: 180_000,
  };
}

import { mailboxes, type SmtpSink, startSmtpSink } from '../../../test/support/smtp-sink.ts';
import { Mailer } from './mailer.ts';
import { smtpOptions } from './smtp-options.ts';

const letter = {
  from: { name: 'Сводка', address: 'svodka@firm.example' },
  to: { name: 'Иванова, Анна', address: 'anna@firm.example' },
  subject: 'Предоплата внесена',
  text: 'Первая строка\n.\nвторая',
  html: '<p>Первая строка</p>',
  messageId: '<0190-1@firm.example>',
  language: 'ru',
};

describe(Mailer.name, () => {
  let sink: SmtpSink;
  let mailer: Mailer;
  beforeEach(async () => {
    sink = await startSmtpSink();
    mailer = new Mailer(sink.url);
  });
  afterEach(() => sink.close());

  it('hands a letter over whole', async () => {
    expect(await mailer.send(letter)).toEqual({ kind: 'sent', response: '250 kept' });
    const [kept] = sink.letters;
    expect(kept).toMatchObject({
      subject: letter.subject,
      messageId: letter.messageId,
      recipients: [letter.to.address],
    });
    expect(mailboxes(kept?.to)).toEqual([letter.to]);
    expect(mailboxes(kept?.from)).toEqual([letter.from]);
    expect(kept?.text?.trim()).toBe(letter.text);
    expect(kept?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(kept?.headers.get('content-language')).toBe('ru');
  });

  it('reaches a domain in letters of its own', async () => {
    const to = { name: 'Окна', address: 'info@окна.рф' };
    expect(await mailer.send({ ...letter, to })).toMatchObject({ kind: 'sent' });
    const [kept] = sink.letters;
    // The sink decodes whom it is for; what stands in the letter is as it was sent.
    expect(kept?.recipients).toEqual([to.address]);
    expect(kept?.headerLines.find(({ key }) => key === 'to')?.line).toContain('<info@xn--80atjc.xn--p1ai>');
  });

  it.each([
    ['later', { kind: 'refused', permanent: false, response: '451 come back later' }],
    ['never', { kind: 'refused', permanent: true, response: '550 no such mailbox' }],
    ['hang-up-after-dot', { kind: 'ambiguous' }],
    ['take-and-hang-up', { kind: 'ambiguous' }],
  ] as const)('says what became of a letter when the server does "%s"', async (act, outcome) => {
    sink.script(act);
    expect(await mailer.send(letter)).toMatchObject(outcome);
  });

  it('says that a server which is not there may be there later', async () => {
    const url = sink.url;
    await sink.close();
    sink = await startSmtpSink();
    expect(await new Mailer(url).send(letter)).toMatchObject({ kind: 'refused', permanent: false });
  });

  it('asks before the final dot, and sends nothing when the answer is a throw', async () => {
    const lost = new Error('another worker has it');
    await expect(mailer.send(letter, { beforeDot: () => Promise.reject(lost) })).rejects.toBe(lost);
    expect(sink.letters).toHaveLength(0);
  });

  it('reaches the point of no return only after the server has agreed to the recipient', async () => {
    await sink.close();
    sink = await startSmtpSink({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('who?'), { responseCode: 550 })),
    });
    let asked = false;
    const outcome = await new Mailer(sink.url).send(letter, {
      beforeDot: async () => {
        asked = true;
      },
    });
    expect(outcome).toMatchObject({ kind: 'refused', permanent: true });
    expect(asked).toBe(false);
  });

  it('ends a stalled attempt from outside, as one that nobody knows the end of', async () => {
    sink.script('stall');
    const stop = new AbortController();
    const sending = mailer.send(letter, {
      beforeDot: async () => void setTimeout(() => stop.abort(), 200),
      signal: stop.signal,
    });
    expect(await sending).toMatchObject({ kind: 'ambiguous' });
  });

  it('ends from outside what hangs before the dot, as what may be tried again', async () => {
    await sink.close();
    const stop = new AbortController();
    // Says nothing to the recipient, and is left while it does not.
    sink = await startSmtpSink({ onRcptTo: () => stop.abort(new Error('the attempt took too long')) });
    const sending = new Mailer(sink.url).send(letter, { signal: stop.signal });
    expect(await sending).toMatchObject({ kind: 'refused', permanent: false });
    expect(sink.offers).toBe(0);
  });

  it('lets no title, name or id add a header or a recipient (security.md 22, 23)', async () => {
    const evil = '\r\nBcc: evil@firm.example\r\nX-Evil: 1';
    await mailer.send({
      ...letter,
      subject: `Срок${evil}`,
      to: { name: `"Ivan, evil@firm.example" <evil@firm.example>${evil}`, address: 'anna@firm.example' },
      from: { name: `Сводка${evil}`, address: 'svodka@firm.example' },
      messageId: `<1@firm.example>${evil}`,
      language: `ru${evil}`,
    });
    const [kept] = sink.letters;
    expect(kept?.recipients).toEqual(['anna@firm.example']);
    expect(kept?.headers.has('x-evil')).toBe(false);
    expect(kept?.headers.has('bcc')).toBe(false);
    expect(mailboxes(kept?.to).map(({ address }) => address)).toEqual(['anna@firm.example']);
  });

  it('says no password where TLS is not to be had, and trusts no unknown certificate (security.md 43)', async () => {
    // An address of this machine that is not written as loopback, so that the rules of a network hold.
    const network = sink.url.replace('127.0.0.1', 'user:secret@[::ffff:127.0.0.1]');
    expect(await new Mailer(network).send(letter)).toMatchObject({
      kind: 'refused',
      permanent: false,
      response: 'no-tls',
    });
    await sink.close();
    const said: string[] = [];
    sink = await startSmtpSink({
      disabledCommands: [],
      onAuth: ({ password }, _session, done) => {
        said.push(password ?? '');
        done(null, { user: 'user' });
      },
    });
    expect(await new Mailer(sink.url).send(letter)).toMatchObject({ kind: 'refused', permanent: false });
    expect(said).toEqual([]);
    expect(sink.offers).toBe(0);
  });

  it('refuses an address that is more than one mailbox', async () => {
    for (const address of [
      'a@firm.example, b@firm.example',
      'a@evil.example x@firm.example',
      'team: a@firm.example;',
    ]) {
      const outcome = await mailer
        .send({ ...letter, to: { name: '', address } })
        .catch((error: Error) => error);
      expect(outcome).not.toMatchObject({ kind: 'sent' });
    }
    expect(sink.letters).toHaveLength(0);
  });
});

describe(smtpOptions.name, () => {
  it('requires TLS before a password crosses a network (security.md 43)', () => {
    expect(smtpOptions('smtp://user:p%40ss@mail.firm.example:2525')).toMatchObject({
      host: 'mail.firm.example',
      port: 2525,
      requireTLS: true,
      auth: { user: 'user', pass: 'p@ss' },
    });
    expect(smtpOptions('smtps://user:x@mail.firm.example')).toMatchObject({ secure: true, port: 465 });
    expect(smtpOptions('smtp://user:x@127.0.0.1:1025').requireTLS).toBe(false);
    expect(smtpOptions('smtp://mail.firm.example').requireTLS).toBe(false);
  });

  it('opens no files and no addresses named in a letter (security.md 24)', () => {
    expect(smtpOptions('smtp://mail.firm.example')).toMatchObject({
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });
});

// The pages behind `/s/<token>`, outside of the REST interface: whoever has the token is let in, to one order and to
// what is public of it. They are HTML in and HTML out, so that they work where no script runs.
import { Injectable } from '@nestjs/common';
import { LineSchema, LocaleSchema, shortened, withoutUnseen } from '@svodka/shared/contracts/common';
import { consentOf } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import { translate } from '@svodka/shared/messages/catalogue';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { z } from 'zod';
import { ConsentsService } from '../counterparties/consents.service.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { contentHeaders } from '../files/file-headers.ts';
import { FilesService } from '../files/files.service.ts';
import { sendBytes } from '../files/send-bytes.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { limitKey, plainAddress } from '../platform/http/address.ts';
import { readForm } from '../platform/http/json-body.ts';
import { localeOf, type Request, type Response } from '../platform/http/request.ts';
import { Limiter } from '../platform/limits/limiter.ts';
import { TokenDoor } from '../platform/limits/token-door.ts';
import { Logger } from '../platform/logger/logger.ts';
import { derivedId, momentOfId } from '../platform/mongo/derived-id.ts';
import type { CustomerLinkDoc } from './customer-link.schema.ts';
import { CustomerLinks } from './customer-links.service.ts';
import { PublicOrders } from './public-orders.service.ts';
import {
  type Asked,
  nothingPage,
  PAGE_POLICY,
  type PageWords,
  QUESTION_MOST,
  statusPage,
  stopPage,
  type Typed,
} from './status-page.ts';

const MINUTE = 60;
/** By link: how often its page may be asked for. A guess has 1 chance in 2^128. */
const ASKS = { perSecond: 1, burst: 120 };
/** By link: questions. */
const QUESTIONS = { perSecond: 1 / (10 * MINUTE), burst: 4 };

/** As forms send it, and as other programs do; the field counts each as one sign. */
const LINE_BREAK = /\r\n|[\r\u2028\u2029]/g;
const CONTROL = /(?![\t\n])\p{Cc}/gu;

const FormSchema = z.object({
  question: z
    .string()
    .overwrite((words) => withoutUnseen(words.replace(LINE_BREAK, '\n').replace(CONTROL, '')))
    .pipe(z.string().min(1).max(QUESTION_MOST)),
  contact: z.union([z.literal(''), LineSchema(200)]).default(''),
  website: z.string().default(''),
});

const TITLE_LENGTH = 120;

type Visit = {
  link: CustomerLinkDoc;
  project: ProjectDoc;
  customer: CounterpartyDoc | null;
  words: PageWords;
  path: string;
};

@Injectable()
export class StatusPages {
  readonly under = '/s';
  readonly methods = ['GET', 'HEAD', 'POST'];
  readonly #door = new TokenDoor(ASKS);
  readonly #questions = new Limiter(QUESTIONS);
  readonly #log: Logger;

  constructor(
    private readonly links: CustomerLinks,
    private readonly orders: PublicOrders,
    private readonly projects: ProjectsService,
    private readonly consents: ConsentsService,
    private readonly intake: EventIntake,
    private readonly events: EventsRepository,
    private readonly files: FilesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'customers' });
  }

  /** Answers everything under `/s`. */
  handle = (request: Request, response: Response): Promise<void> =>
    this.#answer(request, response).catch((err: unknown) => {
      if (response.headersSent) return void response.destroy();
      if (err instanceof AppError && err.code === 'not-found')
        return this.#nothing(request, response, 'gone');
      this.#log.error('a page for a customer failed', { err });
      return this.#nothing(request, response, 'away');
    });

  async #answer(request: Request, response: Response): Promise<void> {
    const [, token = '', what = '', fileId = '', ...more] = request.path.split('/');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isStop = what === 'stop' && !fileId;
    const found = await this.#door.open(limitKey(plainAddress(request.ip)), async () =>
      more.length === 0 ? this.#opens(token, isStop) : null,
    );
    if (found === 'busy') return this.#nothing(request, response, 'busy');
    if (found === 'wrong') return this.#nothing(request, response, 'gone');
    const { link, project } = found;
    const customer = found.customer && {
      ...found.customer,
      consents: (await this.consents.agreed([found.customer]))(found.customer),
    };
    const visit = { link, project, customer, words: this.#words(request, customer), path: `/s/${token}` };
    if (isStop) return this.#stop(visit, isRead, response);
    if (what === 'f' && isRead) return this.#file(visit, fileId, request, response);
    if (what || fileId) return this.#nothing(request, response, 'gone');
    if (!isRead) return this.#ask(visit, request, response);
    if (request.method === 'GET') await this.#opened(visit);
    const asked = request.query.asked === 'thanks' ? 'thanks' : null;
    await this.#show(visit, response, asked);
  }

  /** What a token opens; null: nothing. */
  async #opens(token: string, isStop: boolean) {
    const link = await this.links.find(token);
    // Who has an old letter may still say that they want no more of them.
    if (!link || !(this.links.isOpen(link) || isStop)) return null;
    const [project] = await this.projects.byIds([link.projectId]);
    if (!project) return null;
    const { customer, isTheirs } = (await this.links.holders([link], project))(link);
    return isTheirs || isStop ? { key: link._id, link, project, customer } : null;
  }

  #words(request: Request, customer: CounterpartyDoc | null): PageWords {
    const wanted = LocaleSchema.safeParse(request.query.lang).data;
    const agreed = customer && consentOf(customer)?.locale;
    return { locale: wanted ?? agreed ?? localeOf(request), company: this.config.companyName };
  }

  async #show(
    { project, customer, words, path }: Visit,
    response: Response,
    asked: Asked,
    typed = NOTHING,
  ): Promise<void> {
    const hasLetters = customer !== null && consentOf(customer) !== null;
    const [orderOf, documents, told] = await Promise.all([
      this.orders.of([project]),
      this.orders.documentsOf(project._id),
      // Who has not agreed to be told is told nothing.
      hasLetters ? this.orders.wordsOf(project._id) : [],
    ]);
    const clock = new Intl.DateTimeFormat(words.locale === 'ru' ? 'ru' : 'en-GB', {
      timeZone: project.tz,
      dateStyle: 'long',
      timeStyle: 'short',
    });
    const at = clock.format(this.clock.now());
    const said = told.map(({ at: when, text }) => ({ at: clock.format(when), text }));
    const status = asked === 'tooOften' ? 429 : asked === 'empty' ? 400 : 200;
    send(
      response,
      status,
      statusPage({
        ...words,
        path,
        order: orderOf(project),
        documents,
        said,
        at,
        asked,
        typed,
        hasLetters,
      }),
    );
  }

  /** Told once a day, however often and by however many links it is opened. */
  async #opened({ link, project }: Visit): Promise<void> {
    const now = this.clock.now();
    const day = dayIn(project.tz, now);
    if (link.openedOn === day) return;
    await this.intake.tell({
      type: 'link.opened',
      title: translate('ru', 'customer.event.opened'),
      importance: 'info',
      occurredAt: now,
      projectId: project._id,
      payload: {},
      externalId: `opened:${project._id}:${day}`,
    });
    await this.links.opened(link._id, day);
  }

  async #ask(visit: Visit, request: Request, response: Response): Promise<void> {
    const { link, project, customer, words, path } = visit;
    const { body, typed } = await typedIn(request, response);
    const form = FormSchema.safeParse(body);
    if (!form.success) return this.#show(visit, response, 'empty', typed);
    const { question, contact, website } = form.data;
    if (!website) {
      if (!this.#questions.take(link._id)) return this.#show(visit, response, 'tooOften', typed);
      const line = question.replace(/\s+/g, ' ');
      const isShort = line.length <= TITLE_LENGTH;
      const isNew = await this.intake.tell({
        type: 'customer.request',
        title: translate('ru', 'said.title.question', {
          text: shortened(line, TITLE_LENGTH),
        }),
        // What the title says whole need not be said again.
        body: isShort && line === question ? '' : question,
        importance: 'high',
        occurredAt: this.clock.now(),
        projectId: project._id,
        author: { userId: null, name: customer?.name ?? translate('ru', 'said.by.customer') },
        payload: contact ? { contact } : {},
        externalId: await this.#keyOf(project, question, contact),
      });
      // Whoever presses twice, or comes back and sends it again, has asked once.
      if (!isNew) this.#questions.giveBack(link._id);
    }
    // Reloading what comes of it sends nothing again.
    response.setHeader('Location', `${path}?asked=thanks&lang=${words.locale}`);
    send(response, 303, '');
  }

  /** The same words are the same question while somebody still has to answer it. */
  async #keyOf({ _id }: ProjectDoc, ...words: string[]): Promise<string> {
    for (let n = 1; ; n++) {
      const key = `question:${derivedId(momentOfId(_id), 'question', _id, JSON.stringify(words), String(n))}`;
      const found = await this.events.bySource('orders', key);
      if (!found || (found.status !== 'resolved' && !found.deletedAt)) return key;
    }
  }

  async #stop({ customer, words, path }: Visit, isRead: boolean, response: Response): Promise<void> {
    // A mail program sends its press without anything of ours; a mere opening may be a machine's.
    if (!isRead && customer) await this.consents.withdraw(null, customer._id);
    send(response, 200, stopPage({ ...words, path, isDone: !isRead }));
  }

  async #file({ project }: Visit, fileId: string, request: Request, response: Response): Promise<void> {
    const find = async () => {
      const found = (await this.orders.documentsOf(project._id)).find(({ id }) => id === fileId);
      if (!found) throw new AppError('not-found', 'no such document');
      return found;
    };
    const { eventId } = await find();
    const file = await this.files.carriedBy(eventId, fileId);
    const headers = contentHeaders({ name: file.filename, mime: file.metadata.mime });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('Content-Length', file.length);
    if (request.method === 'HEAD') return void response.end();
    const bytes = this.files.bytes(file, null, find);
    await sendBytes(response, (await bytes.next()).value ?? null, bytes);
  }

  /** Whoever was just asking finds their words there: in another page of the same browser they are not. */
  async #nothing(request: Request, response: Response, why: 'gone' | 'busy' | 'away'): Promise<void> {
    const words = this.#words(request, null);
    const { typed } = request.method === 'POST' ? await typedIn(request, response) : { typed: NOTHING };
    if (why === 'busy') response.setHeader('Retry-After', String(5 * MINUTE));
    send(response, { gone: 404, busy: 429, away: 503 }[why], nothingPage(words, why, typed));
  }
}

const NOTHING: Typed = { question: '', contact: '' };

/** What a form brought. What is no form, or too long for one, is as good as an empty one. */
async function typedIn(request: Request, response: Response) {
  const body = await readForm(request, response).catch((error: unknown): Record<string, unknown> => {
    if (error instanceof AppError) return {};
    throw error;
  });
  const typed: Typed = {
    question: shortOf(body.question, QUESTION_MOST),
    contact: shortOf(body.contact, 200),
  };
  return { body, typed };
}

const shortOf = (value: unknown, length: number): string =>
  typeof value === 'string' ? value.slice(0, length) : '';

function send(response: Response, status: number, html: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Robots-Tag', 'noindex, nofollow');
  response.end(html);
}

import { Readable } from 'node:stream';
import { Controller, Req, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Attachment, isSound } from '@svodka/shared/contracts/file';
import { type Id, isId } from '@svodka/shared/contracts/id';
import type { DossierQuery } from '@svodka/shared/routes/dossiers';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CrewsService } from '../crews/crews.service.ts';
import { disposition } from '../files/file-headers.ts';
import { FilesService } from '../files/files.service.ts';
import { sendStream } from '../files/send-bytes.ts';
import { plainAddress } from '../platform/http/address.ts';
import type { Request, Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { type Dossier, DossierService, type Subject } from './dossier.service.ts';
import { dossierPage, PAGE_POLICY } from './dossier-page.ts';
import { DossierWords } from './dossier-words.ts';
import { dossierZip, partsOf } from './dossier-zip.ts';

@Controller()
export class DossierController {
  constructor(
    private readonly dossiers: DossierService,
    private readonly files: FilesService,
    private readonly crews: CrewsService,
  ) {}

  @Route('GET /projects/:id/dossier')
  project(
    @Asked() { id, query }: Asked<'GET /projects/:id/dossier'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.#send({ kind: 'project', id }, query, { user, request, response });
  }

  @Route('GET /counterparties/:id/dossier')
  counterparty(
    @Asked() { id, query }: Asked<'GET /counterparties/:id/dossier'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.#send({ kind: 'counterparty', id }, query, { user, request, response });
  }

  async #send(
    subject: Subject,
    query: DossierQuery,
    { user, request, response }: { user: UserDoc; request: Request; response: Response },
  ): Promise<void> {
    const from = plainAddress(request.ip) || null;
    const reader = { actor: actorOf(user), zone: user.tz, name: user.name, from };
    const dossier = await this.dossiers.of(reader, subject, query);
    const crews = (await this.crews.all()).map(({ _id: id, name }) => ({ id, name }));
    const names = new Map([...crews, ...dossier.refs.users].map(({ id, name }) => [id, name]));
    const nameOf = (named: string) => (isId(named) ? (names.get(named) ?? '…') : named);
    const words = new DossierWords(user.locale, user.tz, nameOf);
    const isZip = query.as === 'zip';
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.setHeader('Content-Type', isZip ? 'application/zip' : 'text/html; charset=utf-8');
    if (isZip) {
      const name = `${words.say('dossier.title', { title: dossier.title })} ${query.from} ${query.to}.zip`;
      response.setHeader('Content-Disposition', disposition('attachment', name));
    }
    const body = isZip
      ? await this.#zip(dossier, words, reader)
      : Readable.from(dossierPage(dossier, words, shown));
    await sendStream(response, body);
  }

  async #zip(
    dossier: Dossier,
    words: DossierWords,
    { actor, from }: { actor: ReturnType<typeof actorOf>; from: string | null },
  ): Promise<Readable> {
    const files: Attachment[] = [...dossier.files];
    // The names of all files are known before the page is written, which names them.
    for await (const { event, comments } of dossier.entries())
      files.push(...(event.attachments ?? []), ...comments.flatMap(({ attachments }) => attachments ?? []));
    const parts = partsOf(files.filter(isThere));
    const paths = new Map(parts.map(({ file, path }) => [file.id, path]));
    const page = dossierPage(dossier, words, ({ id }) => {
      const path = paths.get(id);
      return path === undefined ? null : path.split('/').map(encodeURIComponent).join('/');
    });
    const read = async (id: Id) => {
      try {
        const file = await this.files.readable(actor, id);
        await this.files.opened(actor, file, { opening: undefined, from: from ?? '' });
        return {
          bytes: this.files.bytes(file, null, () => this.files.readable(actor, id)),
          sha256: file.metadata.sha256,
        };
      } catch (error) {
        // Taken off meanwhile, or a recording that this reader may not hear.
        if (error instanceof AppError) return null;
        throw error;
      }
    };
    return dossierZip(parts, page, read, (missing) =>
      [
        words.say('dossier.readme'),
        ...(missing.length > 0 ? ['', words.say('dossier.missing'), ...missing] : []),
        '',
      ].join('\n'),
    );
  }
}

/** Of a recording whose time was over only its line is left. */
const isThere = (file: Attachment): boolean => !file.recording?.removedAt;
/** As the desk serves them; a recording is heard in its event, where its hearing is told. */
const shown = (file: Attachment): string | null =>
  isThere(file) && !isSound(file) ? `/api/files/${file.id}` : null;

import type { Readable } from 'node:stream';
import { Controller, Req, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { plainAddress } from '../platform/http/address.ts';
import type { Request, Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { contentHeaders, isKnown } from './file-headers.ts';
import { FilesService } from './files.service.ts';
import { spanOf } from './range.ts';
import { sendBytes } from './send-bytes.ts';
import { UploadsService } from './uploads.service.ts';

@Controller()
export class FilesController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly files: FilesService,
  ) {}

  @Route('POST /files')
  async begin(
    @Asked() { body }: Asked<'POST /files'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { upload, isNew } = await this.uploads.begin(actorOf(user), body);
    if (!isNew) response.status(200);
    return upload;
  }

  @Route('GET /files/:id/upload')
  state(@Asked() { id }: Asked<'GET /files/:id/upload'>, @CurrentUser() user: UserDoc) {
    return this.uploads.state(actorOf(user), id);
  }

  @Route('POST /files/:id/upload')
  append(
    @Asked() { id, query: { offset } }: Asked<'POST /files/:id/upload'>,
    @CurrentUser() user: UserDoc,
    @Req() body: Readable,
  ) {
    return this.uploads.append(actorOf(user), id, offset, body);
  }

  @Route('DELETE /files/:id/upload')
  cancel(@Asked() { id }: Asked<'DELETE /files/:id/upload'>, @CurrentUser() user: UserDoc) {
    return this.uploads.cancel(actorOf(user), id);
  }

  @Route('GET /files/:id')
  async read(
    @Asked() { id, query: { opening } }: Asked<'GET /files/:id'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const actor = actorOf(user);
    const file = await this.files.readable(actor, id);
    const { length, filename: name, metadata } = file;
    const etag = `"${metadata.sha256}"`;
    const { range, 'if-range': ifRange, 'if-none-match': known } = request.headers;
    const span = ifRange === undefined || ifRange === etag ? spanOf(range, length) : null;
    if (span === undefined) {
      response.setHeader('Content-Range', `bytes */${length}`);
      throw new AppError('range', 'beyond the end');
    }
    if (request.method !== 'HEAD')
      await this.files.opened(actor, file, { opening, from: plainAddress(request.ip) });
    const described = { ...contentHeaders({ name, mime: metadata.mime }), ETag: etag };
    if (isKnown(known, etag)) {
      // What is kept is kept on under these.
      for (const [header, value] of Object.entries(described)) response.setHeader(header, value);
      response.status(304).end();
      return;
    }
    const bytes = this.files.bytes(file, span, () => this.files.readable(actor, id));
    // Looked at before anything is said: a file whose beginning is damaged is an error, not half an answer.
    const first = request.method === 'HEAD' ? null : (await bytes.next()).value;
    response.status(span ? 206 : 200);
    const headers = {
      ...described,
      'Accept-Ranges': 'bytes',
      'Content-Length': span ? span.end - span.start : length,
      ...(span && { 'Content-Range': `bytes ${span.start}-${span.end - 1}/${length}` }),
    };
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    await sendBytes(response, first ?? null, bytes);
  }

  @Route('GET /files/:id/thumbnail')
  async thumbnail(
    @Asked() { id }: Asked<'GET /files/:id/thumbnail'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { file, bytes } = await this.files.thumbnail(actorOf(user), id);
    const etag = `"thumbnail-${file.metadata.sha256}"`;
    const headers = {
      ...contentHeaders({ name: `${file.filename}.webp`, mime: 'image/webp' }),
      ETag: etag,
    };
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    if (isKnown(request.headers['if-none-match'], etag)) response.status(304).end();
    else response.end(bytes);
  }

  @Route('PATCH /files/:id')
  keep(
    @Asked() { id, body }: Asked<'PATCH /files/:id'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ) {
    return this.files.keep(actorOf(user), id, body, plainAddress(request.ip));
  }

  @Route('DELETE /files/:id')
  remove(@Asked() { id }: Asked<'DELETE /files/:id'>, @CurrentUser() user: UserDoc, @Req() request: Request) {
    return this.files.remove(actorOf(user), id, plainAddress(request.ip));
  }

  @Route('POST /files/:id/restore')
  restore(
    @Asked() { id }: Asked<'POST /files/:id/restore'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ) {
    return this.files.restore(actorOf(user), id, plainAddress(request.ip));
  }
}

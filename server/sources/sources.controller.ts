import { Controller } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { FolderReports } from './folder/reports.service.ts';
import { IngestService } from './ingest/ingest.service.ts';
import { SourcesService } from './sources.service.ts';

/** Modules and their tokens, for whoever connects them; what every page knows of them. */
@Controller()
export class SourcesController {
  constructor(
    private readonly sources: SourcesService,
    private readonly ingest: IngestService,
    private readonly files: FolderReports,
  ) {}

  @Route('GET /modules')
  async modules() {
    return { items: await this.sources.states() };
  }

  @Route('GET /sources')
  async list() {
    const [items, files] = await Promise.all([this.sources.list(), this.files.sources()]);
    return { items, files };
  }

  @Route('GET /sources/files')
  async folder(@Asked() { query: { source } }: Asked<'GET /sources/files'>, @CurrentUser() user: UserDoc) {
    return { items: await this.files.files(source, user.locale) };
  }

  @Route('POST /sources/files')
  settle(@Asked() { body: { source, name, deed } }: Asked<'POST /sources/files'>): Promise<void> {
    return this.files.settle(source, name, deed);
  }

  @Route('PATCH /sources')
  edit(@Asked() { body }: Asked<'PATCH /sources'>) {
    return this.sources.edit(body);
  }

  @Route('POST /sources/tokens')
  createToken(@Asked() { body }: Asked<'POST /sources/tokens'>, @CurrentUser() user: UserDoc) {
    return this.sources.createToken(user._id, body);
  }

  @Route('DELETE /sources/tokens/:id')
  revokeToken(@Asked() { id }: Asked<'DELETE /sources/tokens/:id'>) {
    return this.sources.revokeToken(id);
  }

  @Route('GET /sources/errors')
  errors(@Asked() { query: { module, after, limit } }: Asked<'GET /sources/errors'>) {
    return this.sources.errors(module, after, limit);
  }

  @Route('POST /sources/errors/:id/retry')
  async retry(@Asked() { id }: Asked<'POST /sources/errors/:id/retry'>, @CurrentUser() user: UserDoc) {
    const error = await this.sources.error(id);
    if (error.isCut) throw refused('raw', 'cut');
    return this.ingest.again(error, user.locale);
  }

  @Route('DELETE /sources/errors/:id')
  async forget(@Asked() { id }: Asked<'DELETE /sources/errors/:id'>): Promise<void> {
    await this.sources.error(id);
    await this.sources.dropErrors([id]);
  }
}

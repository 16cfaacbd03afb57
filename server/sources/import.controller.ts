import { Controller, Req } from '@nestjs/common';
import type { Request } from 'express';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { PRESETS } from './csv/presets.ts';
import { ImportService } from './import.service.ts';

@Controller()
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Route('GET /imports/presets')
  presets() {
    return { items: PRESETS };
  }

  @Route('POST /imports')
  upload(
    @Asked() { query: { fileName } }: Asked<'POST /imports'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ) {
    return this.imports.upload(user, fileName, request);
  }

  @Route('GET /imports')
  list(@Asked() { query: { after, limit } }: Asked<'GET /imports'>) {
    return this.imports.list(after, limit);
  }

  @Route('GET /imports/:id')
  get(@Asked() { id }: Asked<'GET /imports/:id'>) {
    return this.imports.get(id);
  }

  @Route('POST /imports/:id/preview')
  preview(@Asked() { id, body: mapping }: Asked<'POST /imports/:id/preview'>) {
    return this.imports.preview(id, mapping);
  }

  @Route('POST /imports/:id/dialect')
  readAs(@Asked() { id, body: asked }: Asked<'POST /imports/:id/dialect'>, @CurrentUser() user: UserDoc) {
    return this.imports.readAs(user, id, asked);
  }

  @Route('POST /imports/:id/check')
  check(@Asked() { id, body: mapping }: Asked<'POST /imports/:id/check'>) {
    return this.imports.check(id, mapping);
  }

  @Route('POST /imports/:id/choices')
  choose(@Asked() { id, body }: Asked<'POST /imports/:id/choices'>) {
    return this.imports.choose(id, body);
  }

  @Route('GET /imports/:id/findings')
  findings(@Asked() { id, query }: Asked<'GET /imports/:id/findings'>, @CurrentUser() user: UserDoc) {
    return this.imports.findings(actorOf(user), id, query);
  }

  @Route('POST /imports/:id/start')
  start(@Asked() { id, body: mapping }: Asked<'POST /imports/:id/start'>) {
    return this.imports.start(id, mapping);
  }

  @Route('POST /imports/:id/undo')
  undo(@Asked() { id }: Asked<'POST /imports/:id/undo'>, @CurrentUser() user: UserDoc) {
    return this.imports.undo(id, user._id);
  }

  @Route('POST /imports/:id/cancel')
  cancel(@Asked() { id }: Asked<'POST /imports/:id/cancel'>) {
    return this.imports.cancel(id);
  }

  @Route('GET /imports/:id/errors')
  errors(@Asked() { id, query: { after, limit } }: Asked<'GET /imports/:id/errors'>) {
    return this.imports.errors(id, after, limit);
  }
}

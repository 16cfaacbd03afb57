import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { PageQuerySchema } from '@svodka/shared/contracts/common';
import {
  ImportFileNameSchema,
  type ImportMapping,
  ImportMappingSchema,
} from '@svodka/shared/contracts/import';
import type { Request } from 'express';
import { z } from 'zod';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';

import { Allow, RawBody } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { PRESETS } from './csv/presets.ts';
import { ImportService } from './import.service.ts';

const UploadQuerySchema = z.strictObject({ fileName: ImportFileNameSchema });
type PageQuery = z.infer<typeof PageQuerySchema>;

@Controller('imports')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Get('presets')
  @Allow('events.import')
  presets() {
    return { items: PRESETS };
  }

  /** The body is the file itself, so that it flows to its place without being held in memory. */
  @Post()
  @Allow('events.import')
  @RawBody('text/csv')
  upload(
    @CurrentUser() user: UserDoc,
    @Query({ schema: UploadQuerySchema }) { fileName }: z.infer<typeof UploadQuerySchema>,
    @Req() request: Request,
  ) {
    return this.imports.upload(user._id, fileName, request);
  }

  @Get()
  @Allow('events.import')
  list(@Query({ schema: PageQuerySchema }) { after, limit }: PageQuery) {
    return this.imports.list(after, limit);
  }

  @Get(':id')
  @Allow('events.import')
  get(@Param('id', IdPipe) id: string) {
    return this.imports.get(id);
  }

  @Post(':id/preview')
  @Allow('events.import')
  @HttpCode(200)
  preview(@Param('id', IdPipe) id: string, @Body({ schema: ImportMappingSchema }) mapping: ImportMapping) {
    return this.imports.preview(id, mapping);
  }

  @Post(':id/start')
  @Allow('events.import')
  @HttpCode(200)
  start(@Param('id', IdPipe) id: string, @Body({ schema: ImportMappingSchema }) mapping: ImportMapping) {
    return this.imports.start(id, mapping);
  }

  @Post(':id/cancel')
  @Allow('events.import')
  @HttpCode(200)
  cancel(@Param('id', IdPipe) id: string) {
    return this.imports.cancel(id);
  }

  @Get(':id/errors')
  @Allow('events.import')
  errors(@Param('id', IdPipe) id: string, @Query({ schema: PageQuerySchema }) { after, limit }: PageQuery) {
    return this.imports.errors(id, after, limit);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { PageQuerySchema } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { IdSchema } from '@svodka/shared/contracts/id';
import {
  ImportFileNameSchema,
  type ImportMapping,
  ImportMappingSchema,
} from '@svodka/shared/contracts/import';
import type { Request } from 'express';
import { z } from 'zod';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Allow } from '../platform/security/allow.ts';
import { CurrentUser } from '../platform/security/current-user.ts';
import { PRESETS } from './csv/presets.ts';
import { ImportService } from './import.service.ts';

const UploadQuerySchema = z.strictObject({ fileName: ImportFileNameSchema });
type PageQuery = z.infer<typeof PageQuerySchema>;

@Controller('api/imports')
@Allow('events.import')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Get('presets')
  presets() {
    return { items: PRESETS };
  }

  /** The body is the file itself, so that it flows to its place without being held in memory. */
  @Post()
  upload(
    @CurrentUser() user: UserDoc,
    @Query({ schema: UploadQuerySchema }) { fileName }: z.infer<typeof UploadQuerySchema>,
    @Req() request: Request,
  ) {
    if (!request.is('text/csv')) throw new AppError('unsupported-media', 'send the file as text/csv');
    return this.imports.upload(user._id, fileName, request);
  }

  @Get()
  list(@Query({ schema: PageQuerySchema }) { after, limit }: PageQuery) {
    return this.imports.list(after, limit);
  }

  @Get(':id')
  get(@Param('id', { schema: IdSchema }) id: string) {
    return this.imports.get(id);
  }

  @Post(':id/preview')
  @HttpCode(200)
  preview(
    @Param('id', { schema: IdSchema }) id: string,
    @Body({ schema: ImportMappingSchema }) mapping: ImportMapping,
  ) {
    return this.imports.preview(id, mapping);
  }

  @Post(':id/start')
  @HttpCode(200)
  start(
    @Param('id', { schema: IdSchema }) id: string,
    @Body({ schema: ImportMappingSchema }) mapping: ImportMapping,
  ) {
    return this.imports.start(id, mapping);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  cancel(@Param('id', { schema: IdSchema }) id: string) {
    return this.imports.cancel(id);
  }

  @Get(':id/errors')
  errors(
    @Param('id', { schema: IdSchema }) id: string,
    @Query({ schema: PageQuerySchema }) { after, limit }: PageQuery,
  ) {
    return this.imports.errors(id, after, limit);
  }
}

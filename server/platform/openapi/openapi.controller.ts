import { Controller, Get } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AppConfig } from '../config/config.ts';
import { routeTable } from '../http/route-table.ts';
import { Allow } from '../security/allow.decorator.ts';
import { sessionCookieName } from '../security/session-cookie.ts';
import { VERSION } from '../version.ts';
import { openApiDocument } from './openapi-document.ts';

@Controller('openapi.json')
export class OpenApiController {
  #document: ReturnType<typeof openApiDocument> | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @Allow('signed-in')
  read() {
    this.#document ??= openApiDocument(routeTable(this.modules), {
      version: VERSION,
      cookie: sessionCookieName(this.config),
    });
    return this.#document;
  }
}

import { Controller } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AppConfig } from '../config/config.ts';
import { Route } from '../http/route.decorator.ts';
import { routeTable } from '../http/route-table.ts';
import { sessionCookieName } from '../security/session-cookie.ts';
import { VERSION } from '../version.ts';
import { openApiDocument } from './openapi-document.ts';

@Controller()
export class OpenApiController {
  #document: ReturnType<typeof openApiDocument> | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: AppConfig,
  ) {}

  @Route('GET /openapi.json')
  read() {
    this.#document ??= openApiDocument(routeTable(this.modules), {
      version: VERSION,
      cookie: sessionCookieName(this.config),
    });
    return this.#document;
  }
}

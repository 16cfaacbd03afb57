import { Controller } from '@nestjs/common';
import { AppConfig } from '../config/config.ts';
import { Route } from '../http/route.decorator.ts';
import { sessionCookieName } from '../security/session-cookie.ts';
import { VERSION } from '../version.ts';
import { openApiDocument } from './openapi-document.ts';

@Controller()
export class OpenApiController {
  #document: ReturnType<typeof openApiDocument> | undefined;

  constructor(private readonly config: AppConfig) {}

  @Route('GET /openapi.json')
  read() {
    this.#document ??= openApiDocument({ version: VERSION, cookie: sessionCookieName(this.config) });
    return this.#document;
  }
}

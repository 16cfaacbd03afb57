import { Controller, Req, Res } from '@nestjs/common';
import { AppError, ERRORS } from '@svodka/shared/contracts/errors';
import { INGEST_LIMITS, type IngestEnd, type IngestResult } from '@svodka/shared/contracts/ingest';
import { STREAM_TYPE } from '@svodka/shared/routes/sources';
import type { ModuleTokenDoc } from '../../accounts/module-token.schema.ts';
import { toErrorBody } from '../../platform/errors/error-body.ts';
import { localeOf, type Request, type Response } from '../../platform/http/request.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { Logger } from '../../platform/logger/logger.ts';
import { ByModule } from '../../platform/security/current-user.decorator.ts';
import { bodyOf, patiently } from './body.ts';
import { IngestService } from './ingest.service.ts';
import { columnOf, linesOf, type RawLine } from './lines.ts';

/** Where connected modules speak. */
@Controller()
export class IngestController {
  constructor(
    private readonly ingest: IngestService,
    private readonly logger: Logger,
  ) {}

  @Route('GET /ingest')
  state(@ByModule() token: ModuleTokenDoc) {
    return this.ingest.state(token);
  }

  /** Answers by itself: one event as a request is, an array by a list, a stream by lines while it is still being sent. */
  @Route('POST /ingest')
  async take(
    @Asked() { query }: Asked<'POST /ingest'>,
    @ByModule() token: ModuleTokenDoc,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<never> {
    const type = refuseOtherText(request);
    const how = { ...query, locale: localeOf(request) };
    if (type === STREAM_TYPE) {
      await this.#stream(this.ingest.take(token, linesOf(patiently(request)), how), request, response);
      return undefined as never;
    }
    const { lines, isOne } = itemsIn(await bodyOf(request, INGEST_LIMITS.jsonBytes));
    const items: IngestResult[] = [];
    let end: IngestEnd | null = null;
    for await (const told of this.ingest.take(token, [lines], how)) {
      if ('done' in told) end = told;
      else items.push(...told);
    }
    const [only] = items;
    if (!isOne || !only)
      response.status(200).json({ items, counts: end?.counts, replayFrom: end?.replayFrom });
    else if (only.error) response.status(ERRORS[only.error.code].status).json({ error: only.error });
    else response.status(only.outcome === 'created' ? 201 : 200).json(only);
    return undefined as never;
  }

  /** The answer begins with the first batch: until then what goes wrong has a status of its own. */
  async #stream(
    told: AsyncGenerator<IngestResult[] | IngestEnd>,
    request: Request,
    response: Response,
  ): Promise<void> {
    try {
      for await (const part of told) {
        if (response.writableEnded || response.destroyed) return;
        if (!response.headersSent) {
          response.status(200);
          response.setHeader('Content-Type', `${STREAM_TYPE}; charset=utf-8`);
          response.setHeader('X-Accel-Buffering', 'no');
        }
        // Not waited for: many send all before they read a word, and would wait for us as we for them.
        response.write(
          'done' in part
            ? `${JSON.stringify(part)}\n`
            : part.map((one) => `${JSON.stringify(one)}\n`).join(''),
        );
      }
      response.end();
    } catch (error) {
      // Whoever has hung up hears nothing; what they sent last may be half a line, and nobody has read it.
      if (request.destroyed && !request.complete) return;
      if (!response.headersSent) throw error;
      if (!response.writableEnded)
        response.end(`${JSON.stringify(toErrorBody(error, localeOf(request), this.logger).body)}\n`);
    }
  }
}

/** @throws AppError `unsupported-media` for what is packed, or no UTF-8 by its own word @returns the content type */
function refuseOtherText({ headers }: Request): string {
  const [type = '', ...rest] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = rest
    .find((part) => part.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (
    (charset && charset !== 'utf-8' && charset !== 'utf8') ||
    (headers['content-encoding'] ?? 'identity') !== 'identity'
  )
    throw new AppError('unsupported-media', '#utf8-only');
  return type;
}

/** What is parsed without end is not written again without end: so deep is nothing that means something. */
function rawOf(item: unknown): Pick<RawLine, 'raw' | 'fault'> {
  try {
    return { raw: JSON.stringify(item) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { raw: '', fault: { reason: 'type' } };
  }
}

/** @throws AppError `validation` with line and column, `too-large` */
function itemsIn(text: string): { lines: RawLine[]; isOne: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const lines = text.slice(0, columnOf(error, text) - 1).split('\n');
    const place = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
    throw new AppError('validation', 'json', [{ field: '', reason: 'json', ...place }]);
  }
  const isOne = !Array.isArray(value);
  const items = isOne ? [value] : (value as unknown[]);
  if (items.length > INGEST_LIMITS.items) throw new AppError('too-large', '#ingest-items');
  return { lines: items.map((item, i) => ({ line: i + 1, ...rawOf(item) })), isOne };
}

import { Controller, Req, Res } from '@nestjs/common';
import { CALL_LIMITS, SIGNATURE_HEADER } from '@svodka/shared/contracts/calls';
import { ERRORS } from '@svodka/shared/contracts/errors';
import { limitKey, plainAddress } from '../../platform/http/address.ts';
import { localeOf, type Request, type Response } from '../../platform/http/request.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { bytesOf } from '../ingest/body.ts';
import { CallsService } from './calls.service.ts';

/** Where a telephone system tells of its calls. */
@Controller()
export class CallsController {
  constructor(private readonly calls: CallsService) {}

  @Route('POST /ingest/calls')
  async hook(
    @Asked() { query: { key } }: Asked<'POST /ingest/calls'>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<never> {
    const from = limitKey(plainAddress(request.ip));
    const read = () => bytesOf(request, CALL_LIMITS.hookBytes);
    const header = request.headers[SIGNATURE_HEADER];
    const result = await this.calls.hook(key, { header, from, read, locale: localeOf(request) });
    if (result.error) response.status(ERRORS[result.error.code].status).json({ error: result.error });
    else response.status(result.outcome === 'created' ? 201 : 200).json(result);
    return undefined as never;
  }
}

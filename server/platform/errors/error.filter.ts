import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { nobodyAt } from '../context/request-context.ts';
import { localeOf, type Request, type Response } from '../http/request.ts';
import { allowedMethods } from '../http/routes.ts';
import { Logger } from '../logger/logger.ts';
import { toErrorBody } from './error-body.ts';
import { Refusals } from './refusals.ts';

/** The only place where an error becomes a REST answer. Gateways have their own filter over the same `toErrorBody`. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly refusals: Refusals,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // Refused already, because the store was silent for too long: what comes of it afterwards is no second answer.
    if (response.writableEnded) return;
    let error = thrown;
    // Our own code throws AppError; this one is the router's, which knows no such method and path.
    if (thrown instanceof NotFoundException) {
      const allowed = allowedMethods(request);
      if (allowed.length > 0) {
        response.setHeader('Allow', allowed.join(', '));
        error = new AppError('method', `${request.method} is not among ${allowed.join(', ')}`);
      }
    }
    const { status, body, code } = toErrorBody(error, localeOf(request), this.logger);
    const { userId, about, address } = request.context ?? nobodyAt(null);
    const route = `${request.method} ${request.route?.path ?? ''}`;
    this.refusals.tell({ code, route, id: request.params?.id ?? null, userId, about, address });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (body.error.retryAfter) response.setHeader('Retry-After', String(body.error.retryAfter));
    response.status(status).json(body);
  }
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** The signed-in user of the request, as the guard found them. */
export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest().user,
);

/** The session by which the request was signed in. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest().session,
);

/** The token of the connected module that asks. */
export const ByModule = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest().moduleToken,
);

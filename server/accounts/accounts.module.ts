import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ChangesModule } from '../changes/changes.module.ts';
import { SocketSignIn } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { AccountNews } from './account-news.ts';
import { ModuleTokensRepository } from './module-tokens.repository.ts';
import { ModuleTokens } from './module-tokens.service.ts';
import { Passwords } from './passwords.ts';
import { RecentSignIns } from './recent-sign-ins.ts';
import { SessionController } from './session.controller.ts';
import { SessionGuard } from './session.guard.ts';
import { SessionSignIn } from './session-sign-in.ts';
import { SessionTouch } from './session-touch.ts';
import { SessionsController } from './sessions.controller.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { SessionsService } from './sessions.service.ts';
import { SignInService } from './sign-in.service.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { UsersController } from './users.controller.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

@Module({
  imports: [ChangesModule],
  controllers: [SessionController, SessionsController, UsersController],
  providers: [
    AccountNews,
    ModuleTokens,
    ModuleTokensRepository,
    Passwords,
    RecentSignIns,
    SessionsRepository,
    SessionsService,
    SessionTouch,
    SignInLimits,
    SignInService,
    UsersRepository,
    UsersService,
    Sockets,
    { provide: SocketSignIn, useClass: SessionSignIn },
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
  exports: [ModuleTokens, RecentSignIns, SessionsService, SessionTouch, Sockets, UsersService],
})
export class AccountsModule {}

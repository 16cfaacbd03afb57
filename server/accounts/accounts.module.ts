import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Passwords } from './passwords.ts';
import { RecentSignIns } from './recent-sign-ins.ts';
import { SessionController } from './session.controller.ts';
import { SessionGuard } from './session.guard.ts';
import { SessionsController } from './sessions.controller.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { SessionsService } from './sessions.service.ts';
import { SignInService } from './sign-in.service.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { UsersController } from './users.controller.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

@Module({
  controllers: [SessionController, SessionsController, UsersController],
  providers: [
    Passwords,
    RecentSignIns,
    SessionsRepository,
    SessionsService,
    SignInLimits,
    SignInService,
    UsersRepository,
    UsersService,
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
  exports: [RecentSignIns, SessionsService, UsersService],
})
export class AccountsModule {}

import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.ts';
import { type Foundation, platformModule } from './platform/platform.module.ts';

@Module({})
class AppModule {}

/** All rooms, on a foundation that is ready. */
export const appModule = (foundation: Foundation): DynamicModule => ({
  module: AppModule,
  imports: [platformModule(foundation), AccountsModule],
});

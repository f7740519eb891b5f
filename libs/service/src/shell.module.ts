import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Health } from './health.ts';
import { HealthController } from './health.controller.ts';
import { Lifecycle } from './lifecycle.ts';

/** The root of every process: the services' modules, and the Health and Lifecycle that they contribute to. */
@Module({})
export class ShellModule {
  static around(modules: readonly (DynamicModule | Type)[]): DynamicModule {
    return {
      module: ShellModule,
      global: true,
      imports: [...modules],
      controllers: [HealthController],
      providers: [Health, Lifecycle],
      exports: [Health, Lifecycle],
    };
  }
}

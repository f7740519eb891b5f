import { swcOptions } from './tools/typescript/swc-options.mjs';

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swcOptions] },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'node'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.throughline/', '/\\.cache/'],
};

export default {
  maxWorkers: 2,
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/tools/jest/count-reporter.mjs'],
  projects: [
    {
      ...base,
      displayName: 'pure',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: [...base.testPathIgnorePatterns, '\\.(int|e2e)\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'real',
      testMatch: ['**/*.int.spec.ts', '**/*.e2e.spec.ts'],
      globalSetup: '<rootDir>/tools/jest/start-servers.ts',
      globalTeardown: '<rootDir>/tools/jest/stop-servers.ts',
    },
  ],
};

import nx from '@nx/eslint-plugin';
import typescript from 'typescript-eslint';

/** Files that hold rules and folds: data in, data out. */
const pure = ['commands', 'events', 'state', 'decider', 'publication', 'projector'].map(
  (role) => `**/*.${role}.ts`,
);
const pureLibraries = [
  'libs/decider/src/**/*.ts',
  'libs/identity/src/**/*.ts',
  'libs/contracts/src/**/*.ts',
  'libs/attribution/src/**/*.ts',
];
const tests = ['**/*.spec.ts', '**/testing/**/*.ts', 'tools/jest/**/*.ts'];

const impure = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'No clock here: take the instant as data.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'No clock here: take the instant as data.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'No randomness here: take the value as data.',
  },
  {
    selector: "MemberExpression[object.name='performance']",
    message: 'No clock here: take the instant as data.',
  },
  { selector: "Identifier[name='randomUUID']", message: 'No randomness here: take the id as data.' },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'No environment here: take the value as data.',
  },
  { selector: 'CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/]', message: 'No timers here.' },
];

const shape = [
  { selector: 'ExportDefaultDeclaration', message: 'Name what is exported.' },
  { selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]', message: 'No I prefix: name the thing.' },
  {
    selector: "CallExpression[callee.name='forwardRef']",
    message: 'A cycle: move what both need to a third place.',
  },
];

const layers = [
  { sourceTag: 'layer:pure', onlyDependOnLibsWithTags: ['layer:pure', 'layer:contract'] },
  { sourceTag: 'layer:contract', onlyDependOnLibsWithTags: ['layer:pure'] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:pure', 'layer:contract', 'layer:adapter'] },
  {
    sourceTag: 'layer:shell',
    onlyDependOnLibsWithTags: ['layer:pure', 'layer:contract', 'layer:adapter', 'layer:shell'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:pure', 'layer:contract', 'layer:adapter', 'layer:shell'],
    bannedExternalImports: ['kafkajs', 'pg', 'pg-*'],
  },
  {
    sourceTag: 'layer:standalone',
    onlyDependOnLibsWithTags: ['*'],
    bannedExternalImports: ['kafkajs', 'pg', 'pg-*'],
  },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['*'] },
  ...['touches', 'leads', 'opportunities', 'journeys', 'attribution'].map((scope) => ({
    sourceTag: `scope:${scope}`,
    onlyDependOnLibsWithTags: [`scope:${scope}`, 'scope:shared'],
  })),
];

export default typescript.config(
  { ignores: ['**/node_modules/**', '.nx/**', '.throughline/**', '.cache/**', '**/schemas/**'] },
  ...typescript.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: layers }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250 }],
      'max-params': ['error', { max: 5 }],
      'no-restricted-syntax': ['error', ...shape],
    },
  },
  { files: ['**/*.spec.ts'], rules: { 'max-lines': ['error', { max: 400 }] } },
  {
    files: [...pure, ...pureLibraries],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', ...shape, ...impure] },
  },
  {
    files: pure,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', '@nestjs/*', 'typeorm', 'pg', 'kafkajs'],
              message: 'Rules and folds do no I/O.',
            },
            {
              group: [
                './*.controller.ts',
                './*.query.ts',
                './*.module.ts',
                './*.reactor.ts',
                './*.config.ts',
              ],
              message: 'Rules and folds import each other, the decider and the contracts only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: [...tests, '**/*.config.ts', '**/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read once, in <service>.config.ts.',
        },
      ],
    },
  },
);

import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Who may import what. The compiler keeps clocks and I/O out of the pure packages; this keeps the house in order. */
const imports = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const noApps = { group: ['**/apps/**'], message: 'packages never import apps' };
const onlySync = { group: ['socket.io-client'], message: 'only sync/ talks Socket.IO' };
const onlyTiles = { group: ['hls.js', 'hls.js/*'], message: 'only features/tiles touches hls.js' };

export default tseslint.config(
  { ignores: ['**/dist/**', '**/data/**', 'node_modules/**', 'test-results/**', 'playwright-report/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['tools/**', 'bench/**', 'e2e/**', '*.config.*'], rules: { 'no-console': 'off' } },
  { files: ['packages/**/*.ts'], rules: imports([noApps, onlySync, onlyTiles]) },
  {
    files: ['apps/server/src/**/*.ts'],
    rules: imports([
      { group: ['**/apps/wall/**'], message: 'the server knows no screen code' },
      {
        regex: '^\\.\\./(?!platform/)[a-z-]+/',
        message: 'features meet in app.ts: declare the interface you need',
      },
      { regex: 'features/', message: 'only app.ts reaches into features' },
    ]),
  },
  {
    files: ['apps/server/src/app.ts', 'apps/server/src/log-command.ts', 'apps/server/src/**/*.test.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['apps/wall/src/**/*.{ts,tsx}', 'apps/portal/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { globals: { ...globals.browser } },
    rules: { ...reactHooks.configs.recommended.rules, ...imports([onlySync, onlyTiles]) },
  },
  {
    files: ['apps/portal/src/**/*.{ts,tsx}'],
    rules: imports([
      onlySync,
      onlyTiles,
      { group: ['**/wall/**'], message: 'the portal has no code of the wall' },
    ]),
  },
  { files: ['apps/wall/src/sync/**'], rules: imports([onlyTiles]) },
  { files: ['apps/wall/src/features/tiles/**'], rules: imports([onlySync]) },
);

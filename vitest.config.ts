import { defineConfig } from 'vitest/config';

const BROWSER = 'test/browser/**/*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: [BROWSER],
          globalSetup: ['test/support/leak-check.ts'],
          // Half of the time a test waits for processes, disks and databases; so two run at once, each the slower for it.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // In Chromium: `npm run test:e2e` runs these alone.
        test: {
          name: 'e2e',
          include: [BROWSER],
          globalSetup: ['test/support/leak-check.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // A browser and a gateway fill two cores.
          fileParallelism: false,
          // After the others.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

/** What the example application is told by its environment. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const { readSettings } = (await import(join(PACKAGE_ROOT, 'examples/enrolment/settings.js'))) as {
  readonly readSettings: (environment: Readonly<Record<string, string>>) => { readonly filedOn: string | null };
};

const ENVIRONMENT = { CLIENT_SECRET: 'secret', CLERK_CODE: 'twelve letters' };

describe('the settings of the example', () => {
  it.each(['2026-02-30', '2026-13-01', '2026-7-1', ''])('take no season that is filed on "%s"', (day) => {
    expect(() => readSettings({ ...ENVIRONMENT, FILED_ON: day })).toThrow('- FILED_ON: not a day YYYY-MM-DD');
  });

  it('take a day of the calendar', () => {
    expect(readSettings({ ...ENVIRONMENT, FILED_ON: '2028-02-29' }).filedOn).toBe('2028-02-29');
  });
});

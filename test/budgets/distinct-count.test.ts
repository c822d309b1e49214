/** What a budget promises whatever is asked, in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBudgets } from '../../src/budgets/budgets.js';
import { BUDGET_DEFAULTS, EVIDENCE_DEFAULTS } from '../../src/budgets/limits.js';

const subjects = fc.array(
  fc.integer({ min: 0, max: 30 }).map((n) => `CITIZEN:${n}`),
  { maxLength: 8 },
);
const files = ['A', 'B'].map((number) => ({ number, matter: 'm', filedOn: '2026-07-01', subjects: [] }));

describe('a budget', () => {
  it('is never exceeded by the hour nor by the case, admits whole requests, and takes back nobody', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ asked: subjects, at: fc.nat({ max: 1 }) }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 12 }),
        (requests, subjectsPerHour, subjectsPerCase) => {
          const budgets = openBudgets({
            limitsOf: () => ({ ...BUDGET_DEFAULTS, subjectsPerHour, subjectsPerCase }),
            evidence: EVIDENCE_DEFAULTS,
            hold: true,
            alarms: { raise: () => undefined, holds: () => false },
            pseudonym: (kind, id) => `${kind} ${id}`,
            releasesOf: () => 0,
            utcOffsetMinutes: 480,
            now: () => 0,
          });
          const hour = new Set<string>();
          const byCase = [new Set<string>(), new Set<string>()];
          for (const { asked, at } of requests) {
            const inCase = byCase[at] ?? new Set();
            const fits =
              new Set([...hour, ...asked]).size <= subjectsPerHour &&
              new Set([...inCase, ...asked]).size <= subjectsPerCase;
            const admit = () => budgets.admit('ORDINARY', 'school', files[at] ?? null, asked, []);
            if (!fits) {
              expect(admit).toThrow();
              continue;
            }
            admit();
            for (const subject of asked) {
              hour.add(subject);
              inCase.add(subject);
            }
          }
          expect(budgets.sizes().names).toBe(hour.size);
        },
      ),
    );
  });

  it('is never exceeded by the day of a quota, at whatever hours and for however many grants it is asked', () => {
    const grants = ['a', 'b'].map((grant, i) => ({ grant, subjectsPerDay: 5 + i }));
    fc.assert(
      fc.property(
        fc.array(fc.record({ asked: subjects, hours: fc.nat({ max: 9 }), of: fc.subarray(grants) }), { maxLength: 60 }),
        (requests) => {
          let now = Date.parse('2026-07-01T02:00:00Z');
          const budgets = openBudgets({
            limitsOf: () => ({ ...BUDGET_DEFAULTS, subjectsPerHour: 10_000 }),
            evidence: EVIDENCE_DEFAULTS,
            hold: true,
            alarms: { raise: () => undefined, holds: () => false },
            pseudonym: (kind, id) => `${kind} ${id}`,
            releasesOf: () => 0,
            utcOffsetMinutes: 480,
            now: () => now,
          });
          const days = new Map<string, Set<string>>();
          for (const { asked, hours, of } of requests) {
            now += hours * 3_600_000;
            const day = new Date(now + 480 * 60_000).toISOString().slice(0, 10);
            const counted = of.map(({ grant, subjectsPerDay }) => {
              const known = days.get(`${grant} ${day}`) ?? new Set();
              days.set(`${grant} ${day}`, known);
              return { known, subjectsPerDay };
            });
            const fits = counted.every(
              ({ known, subjectsPerDay }) => new Set([...known, ...asked]).size <= subjectsPerDay,
            );
            const admit = () => budgets.admit('ORDINARY', 'school', null, asked, of);
            // Whom it knows already it never refuses.
            const nobodyNew = counted.every(({ known }) => asked.every((one) => known.has(one)));
            if (!fits && !nobodyNew) {
              expect(admit).toThrow();
              continue;
            }
            admit();
            for (const { known } of counted) for (const one of asked) known.add(one);
          }
        },
      ),
    );
  });
});

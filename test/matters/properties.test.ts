import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputOf, withValue } from '../../src/matters/cases.js';
import type { JudgeInput, UnknownFact } from '../../src/matters/index.js';
import { matterOf, pathsOf, shipped } from './support.js';

const cause = fc.constantFrom('SOURCE_DOWN', 'WITHHELD', 'DISPUTED', 'PARTIAL');

describe.each(shipped)('%s', (code, { file }) => {
  const matter = matterOf(code);
  const inputs = file.cases.map((one) => inputOf(matter, file, { ...one, unknown: {} }));
  const anOutage = fc.constantFrom(...inputs).chain((input): fc.Arbitrary<JudgeInput> => {
    const unknown = fc.record({
      path: fc.constantFrom(...pathsOf(input.data)),
      cause,
      department: fc.constant('PROPERTY'),
    });
    return fc.array(unknown, { maxLength: 4 }).map((unknowns) => ({ ...input, unknowns }));
  });

  it('an outage never makes a refusal, nor another approval', () => {
    fc.assert(
      fc.property(anOutage, (input) => {
        const known = matter.judge({ ...input, unknowns: [] });
        const less = matter.judge(input);
        if (less.verdict === 'NOT_MET') expect(known.verdict).toBe('NOT_MET');
        if (less.verdict === 'APPROVED') expect([known.verdict, known.tier]).toEqual(['APPROVED', less.tier]);
      }),
      { numRuns: 1000 },
    );
  });

  it('an outage leaves each outcome as it is or makes it UNKNOWN', () => {
    fc.assert(
      fc.property(anOutage, (input) => {
        const known = matter.judge({ ...input, unknowns: [] }).requirements;
        matter.judge(input).requirements.forEach((requirement, i) => {
          if (requirement.outcome !== 'UNKNOWN') expect(requirement.outcome, requirement.id).toBe(known[i]?.outcome);
        });
      }),
      { numRuns: 1000 },
    );
  });

  if (matter.instant) {
    it('is decided instantly exactly where every requirement is TRUE', () => {
      fc.assert(
        fc.property(anOutage, (input) => {
          const { verdict, requirements } = matter.judge(input);
          expect(verdict === 'APPROVED').toBe(requirements.every(({ outcome }) => outcome === 'TRUE'));
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('an outage of everything is never a refusal', () => {
    for (const input of inputs) {
      const unknowns: UnknownFact[] = [{ path: [], cause: 'SOURCE_DOWN', department: 'HOUSEHOLD' }];
      // A bar that is known beside the facts still sends the case to a person.
      expect(['PENDING', 'NEEDS_REVIEW']).toContain(matter.judge({ ...input, unknowns }).verdict);
    }
  });

  it('never throws, whatever the data and the unknown facts', () => {
    const segment = fc.oneof(
      fc.constantFrom('child', 'guardians', '*', '__proto__', 'constructor', 0),
      fc.string(),
      fc.nat(3),
    );
    const unknown = fc.record({ path: fc.array(segment, { maxLength: 5 }), cause, department: fc.string() });
    const verdicts = ['APPROVED', 'NOT_MET', 'NEEDS_COMMITMENT', 'NEEDS_REVIEW', 'PENDING'];
    fc.assert(
      fc.property(fc.constantFrom(...inputs), fc.anything(), fc.array(unknown), (input, data, unknowns) => {
        expect(verdicts).toContain(matter.judge({ ...input, data, unknowns }).verdict);
      }),
      { numRuns: 500 },
    );
  });

  it('does not change its input, and judges alike every time', () => {
    fc.assert(
      fc.property(anOutage, (input) => {
        const before = structuredClone(input);
        expect(matter.judge(input)).toEqual(matter.judge(input));
        expect(input).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('a blank in the data of someone approved is never a refusal', () => {
    for (const input of inputs.filter((one) => matter.judge(one).verdict === 'APPROVED')) {
      const paths = pathsOf(input.data).filter((path) => !path.includes('*') && path.length > 1);
      for (const path of paths.filter((at) => typeof at.at(-1) === 'string')) {
        const data = withValue(input.data, path, null);
        expect(matter.judge({ ...input, data }).verdict, path.join('.')).not.toBe('NOT_MET');
      }
    }
  });
});

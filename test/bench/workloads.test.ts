import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CUTS, documentOfCut } from '../../bench/cuts.js';
import { DEPARTMENTS, type Ground } from '../../bench/ground.js';
import { WORKLOADS } from '../../bench/options.js';
import { casesOfMix, questionOf, questionsOf } from '../../bench/workloads.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const folder = join(PACKAGE_ROOT, 'schema');
const schema = buildSchema(
  readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n'),
);

/** A ground with so many applicants and two clients of the mix. */
function groundWith(applicants: number): Ground {
  return {
    departments: Object.fromEntries(DEPARTMENTS.map((name) => [name, ''])) as Ground['departments'],
    connections: 1,
    record: null,
    folder: '',
    issuer: { issuer: '', audience: '', keys: [], jwksUrl: '' },
    token: 'bench',
    listToken: 'list',
    tokens: ['bench-0', 'bench-1'],
    matter: 'matter',
    filedOn: '2026-07-01',
    applicants: Array.from({ length: applicants }, (_, i) => ({
      child: `child ${i}`,
      guardian: `guardian ${i}`,
      caseNumber: `CASE-${i}`,
    })),
  };
}

const questions = (workload: (typeof WORKLOADS)[number], ground: Ground) =>
  Array.from({ length: questionsOf(workload, ground) }, (_, i) => questionOf(workload, ground, i));

describe.each(WORKLOADS)('the workload %s', (workload) => {
  it('asks documents that the schema knows', () => {
    const documents = new Set(questions(workload, groundWith(300)).map(({ document }) => document));
    for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
  });

  it('has questions for a small city too', () => {
    expect(questions(workload, groundWith(3)).every(({ applicant }) => applicant.child.startsWith('child'))).toBe(true);
  });
});

describe('the workload list', () => {
  it('asks a hundred different residents at once', () => {
    for (const { variables } of questions('list', groundWith(300))) {
      expect(new Set(variables.ids as readonly string[]).size).toBe(100);
    }
  });
});

describe('the workload mix', () => {
  it('has two hundred documents, no two alike', () => {
    expect(new Set(CUTS.map(documentOfCut)).size).toBe(200);
  });

  it('lets every client ask every document, once', () => {
    const asked = questions('mix', groundWith(300)).map(({ token, document }) => `${token} ${document}`);
    expect(asked).toHaveLength(400);
    expect(new Set(asked).size).toBe(400);
  });

  it.each([3, 79, 300])('asks of cases that the client has registered, in a city of %i', (applicants) => {
    const ground = groundWith(applicants);
    const cases = casesOfMix(ground);
    for (const { token, applicant } of questions('mix', ground)) {
      expect(cases[ground.tokens.indexOf(token)]).toContain(applicant);
    }
  });

  it('asks the floor for the cut that the document is', () => {
    for (const { document, floor } of questions('mix', groundWith(300))) {
      const cut = CUTS[Number(floor.path.replace('/mix/', ''))];
      expect(cut === undefined ? null : documentOfCut(cut)).toBe(document);
    }
  });
});

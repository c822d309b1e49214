import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, loadMatters, MatterFaults } from '../../src/matters/index.js';
import { schema } from './support.js';

const GOOD = `code: good
implementationCode: '1135070000400001653000105001000'
name: { zh: 事项, en: Matter }
legalBasis: [{ zh: 法, en: Law }]
roles: [{ role: child, kind: CITIZEN, required: true }]
formerProofs: []
review: { zh: 复核, en: Review }
facts: |
  query Facts($child: CitizenId!) {
    child: resident(id: $child) { status guardians { idNumber } }
  }
ruleSets:
  - id: one
    from: '2024-01-01'
    divisions: ['3507']
    parameters: { months: 12 }
terms:
  since: monthsBack(case.asOf, p.months)
requirements:
  - id: status
    name: { zh: 状态, en: Status }
    department: HOUSEHOLD
    effect: MANDATORY
    rule: required(facts.child.status) == 'NORMAL' && facts.child.guardians.exists(g, g.idNumber == case.child)
    element: child.status
    reason:
      zh: 自{t.since}起
      en: since {t.since}, {p.months} months before {case.asOf}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mianzheng-matters-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const inside = await mkdtemp(join(folder, 'case-'));
  await mkdir(join(inside, 'parts'));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(inside, name), text)));
  return inside;
}

async function faultsOf(files: Readonly<Record<string, string>>): Promise<readonly Fault[]> {
  const inside = await folderOf(files);
  try {
    await loadMatters(inside, schema);
    return [];
  } catch (error) {
    if (error instanceof MatterFaults) return error.faults;
    throw error;
  }
}

/** The file with one text replaced, which must be there. */
function but(from: string, to: string, text = GOOD): string {
  if (!text.includes(from)) throw new Error(`not in the file: ${from}`);
  return text.replace(from, to);
}

const lineOf = (needle: string, text = GOOD): number => text.slice(0, text.indexOf(needle)).split('\n').length;

it('loads a file without faults', async () => {
  expect(await faultsOf({ 'good.yaml': GOOD, 'README.md': 'no matter' })).toEqual([]);
});

const REQUIREMENT = GOOD.slice(GOOD.indexOf('  - id: status'));

describe('one fault, with its line', () => {
  it.each([
    ['is no YAML', but('roles: [', 'roles: [['), 'formerProofs:', /./],
    ['names a key twice', `${GOOD}code: good\n`, null, /unique/],
    ['has an unknown key', but('review:', 'reviews: 1\nreview:'), 'review:', /unknown key reviews/],
    [
      'has an unknown key inside',
      but('effect: MANDATORY', 'effect: MANDATORY\n    weight: 1'),
      '    rule:',
      /unknown key requirements\.0\.weight/,
    ],
    ['lacks a key', but('review: { zh: 复核, en: Review }\n', ''), 'code:', /review/],
    ['lacks a translation', but('{ zh: 状态, en: Status }', '{ zh: 状态 }'), 'name: { zh: 状态', /name\.en/],
    ['has another code than its name', but('code: good', 'code: better'), 'code:', /file's name/],
    [
      'has a wrong implementation code',
      but("'1135070000400001653000105001000'", "'123'"),
      'implementationCode',
      /18 \+ 1 \+ 12/,
    ],
    ['has an impossible date', but("'2024-01-01'", "'2024-02-30'"), "from: '2024", /YYYY-MM-DD/],
    [
      'has a rule set that ends before it begins',
      but('divisions:', "to: '2023-01-01'\n    divisions:"),
      'divisions:',
      /ends before/,
    ],
    [
      'has a parameter called divisions',
      but('{ months: 12 }', '{ months: 12, divisions: 1 }'),
      'parameters:',
      /divisions/,
    ],
    ['knows no such department', but('department: HOUSEHOLD', 'department: POLICE'), 'department:', /POLICE/],
    [
      'has a step in person without a basis',
      but('review:', 'steps:\n  - { id: sign, name: { zh: 签署, en: Sign }, by: NOTARY, inPerson: true }\nreview:'),
      'review:',
      /names no basis/,
      1,
    ],
    [
      'has a step that settles nothing it names',
      but('review:', 'steps:\n  - { id: look, name: { zh: 核验, en: Look }, by: GATEWAY, checks: [height] }\nreview:'),
      'review:',
      /no requirement is called height/,
      1,
    ],
    [
      'has a step of the gateway that checks nothing',
      but('review:', 'steps:\n  - { id: look, name: { zh: 核验, en: Look }, by: GATEWAY }\nreview:'),
      'review:',
      /checks nothing/,
      1,
    ],
    [
      'settles a requirement in two steps',
      but(
        'review:',
        'steps:\n  - { id: look, name: { zh: 核验, en: Look }, by: GATEWAY, checks: [status] }\n  - { id: again, name: { zh: 复核, en: Again }, by: OFFICE, checks: [status] }\nreview:',
      ),
      'review:',
      /is settled in step look/,
      2,
    ],
    ['asks for what the schema lacks', but('status guardians', 'state status guardians'), 'child: resident', /state/],
    ['has facts that do not parse', but('{ idNumber } }', '{ idNumber }'), 'ruleSets:', /Syntax/],
    ['has facts that are no query', but('query Facts', 'mutation Facts'), '  query', /must be one query/, 0, true],
    [
      'has facts that depend on the request',
      but('{ idNumber }', '{ idNumber @skip(if: false) }'),
      'child: resident',
      /@skip/,
    ],
    [
      'has a variable that is no role',
      but('($child: CitizenId!)', '($child: CitizenId!, $n: Int)'),
      '  query',
      /Variable "\$n"|\$n/,
      0,
      true,
    ],
    ['has a variable of another type', but('kind: CITIZEN', 'kind: HOUSEHOLD'), '  query', /HouseholdNumber!/],
    [
      'asks for a fact no rule reads',
      but('{ status ', '{ status birthDate '),
      'facts:',
      /child\.birthDate is asked for/,
    ],
    [
      'reads a fact it does not ask for',
      but('facts.child.guardians.exists', "facts.child.birthDate == 'x' && facts.child.guardians.exists"),
      '    rule:',
      /child\.birthDate is not in/,
    ],
    [
      'misspells a fact of a list member',
      but('g.idNumber ==', 'g.idNumber == g.number ||  g.idNumber =='),
      '    rule:',
      /guardians\.number is not in/,
    ],
    [
      'compares an enum with what is not its value',
      but("'NORMAL'", "'NORMAAL'"),
      '    rule:',
      /'NORMAAL' is not a value of child\.status/,
    ],
    [
      'hides a name',
      but('exists(g, g.idNumber == case.child)', 'exists(p, p.idNumber == case.child)'),
      '    rule:',
      /hides/,
    ],
    [
      'loops over lists without end in sight',
      but(
        'facts.child.guardians.exists(g, g.idNumber == case.child)',
        ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].reduceRight(
          (inner, v) => `facts.child.guardians.exists(${v}, ${inner})`,
          'g.idNumber == case.child',
        ),
      ),
      '    rule:',
      /more than 10000000/,
    ],
    [
      'uses has()',
      but('facts.child.guardians.exists', 'has(facts.child.status) && facts.child.guardians.exists'),
      '    rule:',
      /has\(\)/,
    ],
    [
      'uses optionals',
      but('facts.child.guardians.exists', 'facts.?child.status == 1 && facts.child.guardians.exists'),
      '    rule:',
      /./,
    ],
    [
      'reads a fact by an index',
      but('facts.child.status)', "facts['child'].status)"),
      '    rule:',
      /by its name, not by an index/,
    ],
    ['knows no such role', but('case.child', 'case.parent'), '    rule:', /case\.parent/],
    ['knows no such parameter', but('p.months)', 'p.years)'), '  since:', /p\.years/],
    [
      'uses a term before it stands',
      but('  since:', '  until: t.since\n  since:'),
      '  since:',
      /t\.since is not a term before/,
    ],
    [
      'has a rule that is no condition',
      but("required(facts.child.status) == 'NORMAL' &&", '1 + 1 #'),
      '    rule:',
      /bool/,
    ],
    [
      'names an element that is not in the facts',
      but('element: child.status', 'element: child.state'),
      'element:',
      /child\.state/,
    ],
    ['tells a fact', but('自{t.since}', '自{facts.child}'), 'zh: 自', /facts\.child/],
    ['tells an identifier', but('自{t.since}', '自{case.child}'), 'zh: 自', /case\.child/],
    [
      'tells a fact by way of a term',
      but('  since:', '  who: facts.child.status\n  since:').replace('自{t.since}', '自{t.who}'),
      'zh: 自',
      /t\.who/,
      1,
    ],
    [
      'has a requirement of tiers that none requires',
      but('effect: MANDATORY', 'effect: TIER'),
      'effect:',
      /no tier requires/,
    ],
    [
      'has a tier of what is not there',
      `${GOOD}tiers: [{ id: T, name: { zh: 一, en: One }, requires: [status] }]\n`,
      null,
      /no requirement with effect TIER/,
    ],
    [
      'has a tier that requires nothing',
      `${GOOD}tiers: [{ id: T, name: { zh: 一, en: One } }]\n`,
      null,
      /requires nothing/,
    ],
    ['has a requirement twice', GOOD + REQUIREMENT, null, /twice/],
    [
      'holds something against advice',
      but('effect: MANDATORY', 'effect: ADVISORY\n    whenFalse: NOT_MET'),
      '    rule:',
      /unknown key/,
    ],
  ] as const)('%s', async (_, text, needle, message, offset = 0, several: boolean = false) => {
    const faults = await faultsOf({ 'good.yaml': text });
    expect(faults.map((fault) => fault.message).join('\n')).toMatch(message);
    if (!several) expect(faults).toHaveLength(1);
    const fault = faults.find((one) => message.test(one.message));
    if (needle !== null) expect(fault?.line).toBe(lineOf(needle) + offset);
    expect(fault?.file).toBe('good.yaml');
  });
});

it('refuses two rule sets for one day and place', async () => {
  const again = "  - { id: two, from: '2025-01-01', divisions: ['3507', '3508'], parameters: { months: 6 } }\nterms:";
  expect(await faultsOf({ 'good.yaml': but('terms:', again) })).toEqual([
    { file: 'good.yaml', line: lineOf('terms:'), column: 5, message: 'overlaps rule set one in date and division' },
  ]);
});

describe('parts', () => {
  const PART = `roles: [{ role: child, kind: CITIZEN, required: true }]
review: { zh: 复核, en: Review }
formerProofs: []
legalBasis: [{ zh: 法, en: Law }]
fragments: |
  fragment Child on Resident {
    status
    guardians { idNumber }
  }
parameters: { months: 12 }
terms: { since: 'monthsBack(case.asOf, p.months)' }
${GOOD.slice(GOOD.indexOf('requirements:'))}`;
  const VARIANT = `code: good
implementationCode: '1135070000400001653000105001000'
name: { zh: 事项, en: Matter }
parts: [child]
facts: |
  query Facts($child: CitizenId!) {
    child: resident(id: $child) { ...Child }
  }
ruleSets:
  - { id: one, from: '2024-01-01', divisions: ['3507'] }
requirements:
  - { id: status, whenFalse: NEEDS_REVIEW }
`;
  const files = (part: string, variant = VARIANT) => ({ 'good.yaml': variant, 'parts/child.yaml': part });

  it('are put in, and the matter changes what it states', async () => {
    const inside = await folderOf(files(PART));
    const matter = (await loadMatters(inside, schema)).get('good');
    expect(matter?.requirements).toMatchObject([{ id: 'status', whenFalse: 'NEEDS_REVIEW', element: 'child.status' }]);
    expect(matter?.ruleSets).toMatchObject([{ id: 'one', parameters: { months: 12 } }]);
  });

  it.each([
    ['a fault of its form', but('months: 12', 'months: {}', PART), 'parameters:', /parameters\.months/],
    ['an unknown key', but('fragments:', 'fragment:', PART), 'fragment:', /unknown key fragment/],
    [
      'a rule that misspells a fact',
      but('child.status)', 'child.state)', PART),
      '    rule:',
      /child\.state.*good\.yaml takes it/,
    ],
    ['a fragment that does not fit', but('    status', '    state', PART), '    state', /state/],
    ['a parameter that is not there', but('{ months: 12 }', '{ years: 1 }', PART), 'terms:', /p\.months/],
  ])('names its file and line for %s', async (_, part, needle, message) => {
    const faults = await faultsOf(files(part));
    const fault = faults.find((one) => one.file === 'parts/child.yaml' && message.test(one.message));
    expect(fault, JSON.stringify(faults)).toBeDefined();
    expect(fault?.line).toBe(lineOf(needle, part));
  });

  it('name the line of the matter for what it changes', async () => {
    const variant = but('whenFalse: NEEDS_REVIEW', 'rule: 1 + 1', VARIANT);
    expect(await faultsOf(files(PART, variant))).toMatchObject([
      { file: 'good.yaml', line: lineOf('  - { id: status', variant), column: 25 },
    ]);
  });

  it('that are not there, or that no matter takes, are faults', async () => {
    const missing = await faultsOf({ 'good.yaml': VARIANT });
    expect(missing).toMatchObject([{ file: 'good.yaml', line: 4, column: 9, message: 'there is no parts/child.yaml' }]);
    const unused = await faultsOf({ 'good.yaml': GOOD, 'parts/other.yaml': 'parameters: { a: 1 }\n' });
    expect(unused).toMatchObject([{ file: 'parts/other.yaml', line: 1, message: 'no matter takes this part' }]);
  });

  it('report a fault once, however many matters take them', async () => {
    const other = VARIANT.replace('code: good', 'code: other');
    const faults = await faultsOf({ ...files(but('fragments:', 'fragment:', PART)), 'other.yaml': other });
    expect(faults).toHaveLength(1);
  });
});

describe('a form', () => {
  const FORM = `${GOOD}prefill:
  facts: |
    query Form($child: CitizenId!) {
      child: resident(id: $child) { name guardians { name } }
    }
  fields:
    - { field: childName, name: { zh: 姓名, en: Name }, from: child.name }
    - { field: phone, name: { zh: 电话, en: Telephone } }
`;
  it.each([
    ['a value of a list', but('from: child.name', 'from: child.guardians.name', FORM), /not a single value/],
    ['a value that is no leaf', but('from: child.name', 'from: child', FORM), /not a single value/],
    ['what fills no field', FORM, /child\.guardians\.name is asked for, but fills no field/],
    ['a field twice', but('field: phone', 'field: childName', FORM), /childName stands twice/],
    ['what the schema lacks', but('{ name guard', '{ names guard', FORM), /names/],
  ])('refuses %s', async (_, text, message) => {
    const faults = await faultsOf({ 'good.yaml': text });
    expect(faults.map((fault) => fault.message).join('\n')).toMatch(message);
  });
});

describe('an instant decision', () => {
  it.each([
    ['advice', but('effect: MANDATORY', 'effect: ADVISORY')],
    [
      'tiers',
      but('effect: MANDATORY', 'effect: TIER').concat(
        'tiers: [{ id: T, name: { zh: 一, en: One }, requires: [status] }]\n',
      ),
    ],
  ])('takes no %s', async (_, text) => {
    const faults = await faultsOf({ 'good.yaml': `instant: true\n${text}` });
    expect(faults.map(({ message }) => message).join('\n')).toMatch(/an instant decision takes/);
  });
});

it('refuses a parameter that one rule set lacks', async () => {
  const again = "  - { id: two, from: '2025-01-01', divisions: ['3508'], parameters: { years: 1 } }\nterms:";
  const faults = await faultsOf({ 'good.yaml': but('terms:', again) });
  expect(faults.map((fault) => fault.message)).toContain('terms.since: p.months is not a parameter of every rule set');
});

it('reports every fault of every file at once', async () => {
  const bad = but('department: HOUSEHOLD', 'department: POLICE', but('element: child.status', 'element: child.state'));
  const faults = await faultsOf({ 'a.yaml': 'code: [', 'good.yaml': bad, 'z.yaml': 'code: z' });
  expect(new Set(faults.map(({ file }) => file))).toEqual(new Set(['a.yaml', 'good.yaml', 'z.yaml']));
  expect(faults.filter(({ file }) => file === 'good.yaml').map(({ line }) => line)).toEqual([
    lineOf('department:'),
    lineOf('element:'),
  ]);
  expect(new MatterFaults(faults).message).toContain(`good.yaml:${lineOf('department:')}:17: no department POLICE`);
});

it('says so where there is no folder', async () => {
  await expect(loadMatters(join(folder, 'nowhere'), schema)).rejects.toThrow(MatterFaults);
});

/**
 * The named stories (stories*.yaml): cases of the demonstration city with fixed people, the verdict
 * to expect and why. Their world becomes rows through the same builders as the random city.
 */
import { z } from 'zod';
import { parseDate, parseMonth } from '../src/domain/calendar.js';
import { parseCitizenId, parseCreditCode, parseLicenceId, parsePropertyUnitNumber } from '../src/domain/identifiers.js';
import { STORY_SEQUENCES_FROM } from './citizen-ids.js';
import { dayOf } from './days.js';
import { SeedFileError } from './faults.js';
import { parseSeedFile, readSeedFile } from './files.js';
import { STORY_ROADS } from './places.js';

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const date = z.string().refine((text) => parseDate(text) !== null, 'not a date YYYY-MM-DD');
const month = z.string().refine((text) => parseMonth(text) !== null, 'not a month YYYY-MM');
const citizenId = z.string().refine((text) => {
  const parsed = parseCitizenId(text);
  return parsed.ok && parsed.value === text && Number(text.slice(14, 17)) >= STORY_SEQUENCES_FROM;
}, `not a citizen ID with a sequence from ${STORY_SEQUENCES_FROM}`);
const creditCode = z.string().refine((text) => {
  const parsed = parseCreditCode(text);
  return parsed.ok && parsed.value === text;
}, 'not a credit code');
const licenceId = z.string().refine((text) => {
  const parsed = parseLicenceId(text);
  return parsed.ok && parsed.value === text;
}, 'not a licence identifier');
const unitNumber = z.string().refine((text) => {
  const parsed = parsePropertyUnitNumber(text);
  return parsed.ok && parsed.value === text;
}, 'not a unit number');
const division = z.string().regex(/^\d{6}$/);

const dwelling = z.strictObject({
  division,
  town: z.string().min(1),
  community: z.string().min(1),
  road: z.enum(STORY_ROADS),
  detail: z.string().min(1),
  storedLocation: z.string().optional(),
});

const person = z
  .strictObject({
    id: citizenId,
    name: z.string().min(2),
    home: z.string(),
    household: z.string().optional(),
    registeredAt: division.optional(),
    relation: z
      .string()
      .regex(/^\d{2}$/)
      .optional(),
    movedIn: date,
    status: z.string().regex(/^\d$/).default('0'),
    father: z.string().optional(),
    mother: z.string().optional(),
    guardians: z.array(z.string()).max(2).default([]),
    stored: z.record(z.string(), z.string().nullable()).default({}),
    superseded: z.record(z.string(), z.string().nullable()).optional(),
  })
  .refine(
    (p) => (p.household === undefined) !== (p.registeredAt === undefined),
    'household or registeredAt, one of them',
  );

const right = z.strictObject({
  home: z.string(),
  area: z.number().positive(),
  usage: z.string().default('10'),
  manner: z.enum(['SOLE', 'JOINT', 'BY_SHARES']),
  registered: date,
  mortgaged: z.boolean().default(false),
  seized: z.boolean().default(false),
  objection: z.boolean().default(false),
  holders: z
    .array(z.strictObject({ person: z.string(), share: z.string().default(''), storedNumber: z.string().optional() }))
    .min(1),
});

const world = z.strictObject({
  homes: z.record(z.string(), dwelling),
  people: z.record(z.string(), person),
  rights: z.array(right).default([]),
  permits: z
    .array(z.strictObject({ holder: z.string(), home: z.string(), endorsed: z.array(date).min(1) }))
    .default([]),
  leases: z.array(z.strictObject({ holder: z.string(), home: z.string(), from: date, to: date })).default([]),
  insurance: z
    .array(
      z.strictObject({
        person: z.string(),
        employer: z.string(),
        kinds: z.array(z.enum(['110', '310'])).min(1),
        // 9 is no code of the register: what it stands for is unknown.
        state: z.enum(['1', '2', '3', '9']).default('1'),
        paid: z.array(z.tuple([month, month])).min(1),
      }),
    )
    .default([]),
  vaccination: z
    .array(
      z.strictObject({
        child: z.string(),
        missing: z.array(z.tuple([z.string(), z.number().int()])).default([]),
        storedId: z.string().optional(),
      }),
    )
    .default([]),
});

const history = z
  .strictObject({
    answers: z
      .array(
        z.strictObject({
          name: z.string(),
          proof: z.string(),
          department: z.string(),
          openedOn: date,
          dueOn: date,
          answeredOn: date,
          finding: z.enum(['CONFIRMED', 'NOT_CONFIRMED', 'CANNOT_TELL']),
          reason: z.string().min(5).optional(),
        }),
      )
      .default([]),
    commitment: z
      .strictObject({
        subject: z.string(),
        signedOn: date,
        dueOn: date,
        documents: z.array(z.string()).min(1),
        received: z.array(z.tuple([z.string(), date])).default([]),
        followUpOn: date.optional(),
        concluded: z
          .strictObject({ outcome: z.enum(['COMPLETED', 'BREACHED']), on: date, reason: z.string().min(5) })
          .optional(),
      })
      .optional(),
  })
  .prefault({});

const story = z.strictObject({
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  title: bilingual,
  matter: z.string(),
  client: z.string(),
  caseNumber: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/),
  filedOn: date,
  division: division.optional(),
  subjects: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ role: z.string(), kind: z.literal('CITIZEN'), id: citizenId }),
        z.strictObject({ role: z.string(), kind: z.literal('ENTERPRISE'), id: creditCode }),
        z.strictObject({ role: z.string(), kind: z.literal('LICENCE'), id: licenceId }),
        z.strictObject({ role: z.string(), kind: z.literal('PROPERTY_UNIT'), id: unitNumber }),
      ]),
    )
    .min(1)
    .max(50),
  expected: z.strictObject({
    verdict: z.enum(['APPROVED', 'NOT_MET', 'NEEDS_COMMITMENT', 'NEEDS_REVIEW', 'PENDING']),
    tier: z.string().nullable(),
    element: z.string().nullable(),
  }),
  why: bilingual,
  history,
  world,
});

const enterprise = z.strictObject({
  creditCode,
  name: z.string().min(2),
  founded: date,
  premises: dwelling,
  venue: z.strictObject({ from: date, to: date, heldAs: z.string().min(2).optional() }).nullable(),
  listings: z.array(z.strictObject({ list: z.enum(['01', '02']), from: date, to: date.optional() })).default([]),
});

const book = z.strictObject({
  enterprises: z.record(z.string(), enterprise).default({}),
  stories: z.array(story).min(1),
});

/** A named story: the case to register and what to expect of it; `world` is who and what must exist. */
export type Story = z.infer<typeof story>;
/** What a story needs to exist. */
export type StoryWorld = Story['world'];
/** A dwelling or premises of a story. */
export type StoryDwelling = z.infer<typeof dwelling>;
/** An employer of the stories, with its licences; `venue`: a public venue, the term of its hygiene licence and the name on it where that is an earlier one; `listings`: its entries in lists of bad records. */
export type StoryEnterprise = z.infer<typeof enterprise>;
/** All named stories and the employers in them. */
export type StoryBook = z.infer<typeof book>;

/** Files of stories, in the order their rows are made: a new file goes last, so that the rows of the earlier ones stay. */
const BOOKS = [
  'stories.yaml',
  'stories-enrolment.yaml',
  'stories-instant.yaml',
  'stories-joint.yaml',
  'stories-proofs.yaml',
  'stories-licences.yaml',
] as const;

/**
 * Reads and checks one file of stories: identifiers, dates, and that every name in a story stands for
 * somebody or something in it. That licences and units exist is for test/seeds/stories.test.ts.
 * @param text the YAML; default: seeds/stories.yaml
 * @param name its file, for the faults
 * @param earlier enterprises of other files that its stories may name
 * @throws SeedFileError with all faults
 */
export function readStories(
  text: string = readSeedFile('stories.yaml'),
  name = 'stories.yaml',
  earlier: StoryBook['enterprises'] = {},
): StoryBook {
  const read = parseSeedFile(name, text, book);
  const faults = [
    ...twice(read.stories),
    ...read.stories.flatMap((one) => danglingNames(one, { ...earlier, ...read.enterprises })),
  ];
  if (faults.length > 0) throw new SeedFileError(name, faults);
  return read;
}

/** Reads and checks every file of stories, also against one another. @throws SeedFileError with all faults of the first file that has some */
export function readStoryBooks(): readonly StoryBook[] {
  const books: StoryBook[] = [];
  for (const name of BOOKS) {
    const earlier = Object.assign({}, ...books.map(({ enterprises }) => enterprises)) as StoryBook['enterprises'];
    books.push(readStories(readSeedFile(name), name, earlier));
  }
  const faults = twice(books.flatMap(({ stories }) => stories));
  if (faults.length > 0) throw new SeedFileError(BOOKS.join(', '), faults);
  return books;
}

/** The stories of every file. @throws SeedFileError */
export function readAllStories(): readonly Story[] {
  return readStoryBooks().flatMap(({ stories }) => stories);
}

function twice(stories: readonly Story[]): string[] {
  return [
    ...duplicates(
      'id',
      stories.map(({ id }) => id),
    ),
    ...duplicates(
      'caseNumber',
      stories.map(({ caseNumber }) => caseNumber),
    ),
    ...duplicates(
      'citizen ID',
      stories.flatMap(({ world: { people } }) => Object.values(people).map(({ id }) => id)),
    ),
  ];
}

function duplicates(what: string, values: readonly string[]): string[] {
  return values.filter((value, i) => values.indexOf(value) !== i).map(() => `two stories share a ${what}`);
}

function danglingNames(one: Story, enterprises: StoryBook['enterprises']): string[] {
  const { world: w } = one;
  const ids = Object.values(w.people).map(({ id }) => id);
  const faults: string[] = [];
  const demand = (known: object, name: string | undefined, where: string) => {
    if (name !== undefined && !Object.hasOwn(known, name)) faults.push(`stories.${one.id}.${where}: no ${name}`);
  };
  const codes = Object.values(enterprises).map(({ creditCode: code }) => code);
  for (const [i, { kind, id }] of one.subjects.entries()) {
    const known = kind === 'CITIZEN' ? ids : kind === 'ENTERPRISE' ? codes : [id];
    if (!known.includes(id)) faults.push(`stories.${one.id}.subjects.${i}: nobody in the story has that number`);
  }
  for (const [key, someone] of Object.entries(w.people)) {
    demand(w.homes, someone.home, `people.${key}.home`);
    for (const name of [someone.father, someone.mother, ...someone.guardians]) demand(w.people, name, `people.${key}`);
  }
  for (const [i, entry] of w.rights.entries()) {
    demand(w.homes, entry.home, `rights.${i}.home`);
    for (const holder of entry.holders) demand(w.people, holder.person, `rights.${i}.holders`);
  }
  for (const [i, entry] of [...w.permits, ...w.leases].entries()) {
    demand(w.homes, entry.home, `permits or leases.${i}.home`);
    demand(w.people, entry.holder, `permits or leases.${i}.holder`);
  }
  for (const [i, entry] of w.insurance.entries()) {
    demand(w.people, entry.person, `insurance.${i}.person`);
    demand(enterprises, entry.employer, `insurance.${i}.employer`);
  }
  for (const [i, entry] of w.vaccination.entries()) demand(w.people, entry.child, `vaccination.${i}.child`);
  return faults;
}

/** Day of birth as the citizen ID holds it. */
export function birthOf(id: string): number {
  return dayOf(`${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`);
}

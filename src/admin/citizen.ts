/** What a citizen sees (我的数据): who used which of the own fields, when, for which matter and case. */
import type { RequestRecord } from '../audit/entries.js';
import type { ExportedEntry } from '../audit/export.js';
import { MianzhengError } from '../errors.js';
import { entryInWords } from '../records/in-words.js';
import { ownCases, ownOffers } from './citizen-services.js';
import type { AdminContext } from './context.js';
import { ownDisputes } from './disputes.js';
import { checkPage, type PageArgument } from './lists.js';
import { answered } from './record-asked.js';
import { fieldName, namesOf } from './record-names.js';
import type { Theme } from './theme.js';

const YEAR_MS = 366 * 86_400_000;

/** How far pages reach. */
const MOST_USES = 10_000;

/** The citizen who asks, by the pseudonym of the record; the look is recorded as one about that citizen. */
function ownPseudonym(context: AdminContext): string {
  const { citizenId } = context.actor;
  if (citizenId === null) throw new TypeError('only a citizen was let through');
  context.concern('CITIZEN', citizenId);
  return context.parts.pseudonym('CITIZEN', citizenId);
}

/** Of a request what concerns one subject: own fields, no other people, no verdict on others; who asked at the office is the office's to tell. */
function ownPart(record: RequestRecord, pseudonym: string): RequestRecord {
  const { about, disclosed, masked, used } = record;
  const own = about?.[record.subjects.indexOf(pseudonym)];
  const mine = (list: readonly string[]) => list.filter((coordinate) => own === undefined || own.includes(coordinate));
  const { about: _about, ages: _ages, ...rest } = record;
  return {
    ...rest,
    operator: null,
    subjects: [],
    disclosed: mine(disclosed),
    masked: mine(masked),
    used: mine(used),
    withheld: [],
    // Of a case of several people it says something of the others.
    verdict: record.subjects.length === 1 ? record.verdict : null,
  };
}

function use(entry: Extract<ExportedEntry, { kind: 'request' }>, pseudonym: string, { parts }: AdminContext) {
  const record = ownPart(entry.record, pseudonym);
  const names = namesOf(parts);
  const { client, matter } = record;
  const fields = (['disclosed', 'masked', 'used'] as const).flatMap((how) =>
    record[how].map((coordinate) => {
      const { zh, en } = fieldName(parts, coordinate);
      const field = parts.catalogue.fields.get(coordinate);
      return {
        coordinate,
        description: field?.definition.description ?? coordinate,
        nameZh: zh,
        nameEn: en,
        department: field?.department ?? 'PLATFORM',
        how: how.toUpperCase(),
      };
    }),
  );
  return {
    position: `${entry.position.chain}/${entry.position.seq}`,
    time: record.time,
    client: client ?? '',
    clientNameZh: names.client(client ?? '').zh,
    matter,
    matterZh: matter === null ? null : names.matter(matter).zh,
    caseNumber: record.caseNumber,
    legalBases: record.legalBases,
    inWords: () => entryInWords({ ...entry, record }, names),
    fields,
    certain: entry.record.about !== undefined,
    verdict: record.verdict,
  };
}

interface UsesArguments {
  readonly from?: string | null;
  readonly page: PageArgument;
}

async function uses({ from, page }: UsesArguments, context: AdminContext) {
  checkPage(page);
  const { number, size } = page;
  if (number * size > MOST_USES) {
    throw new MianzhengError('BAD_USER_INPUT', `pages reach to the ${MOST_USES}th use`, { field: 'page.number' });
  }
  const pseudonym = ownPseudonym(context);
  const since = from == null ? context.now - YEAR_MS : Date.parse(from);
  const { recordSearch } = context.parts;
  const filter = { from: since, subject: pseudonym, kinds: ['request' as const], outcome: 'ANSWERED' };
  const [total, found] = await Promise.all([
    answered(recordSearch.countOf(pseudonym, since)),
    answered(recordSearch.find(filter, size, null, (number - 1) * size)),
  ]);
  if (found.unsound.length > 0) {
    // A page that leaves a use out would tell the citizen that there was none.
    throw new MianzhengError('STATE_CONFLICT', 'an entry of the record was changed: the platform has to verify it');
  }
  const items = found.entries.flatMap((entry) => (entry.kind === 'request' ? [use(entry, pseudonym, context)] : []));
  return { items, total, number, size };
}

/** Theme `citizen.graphql`. */
export const citizen: Theme = {
  file: 'citizen.graphql',
  query: {
    mine: () => ({
      uses,
      disputes: (_args: object, context: AdminContext) => ownDisputes(context),
      cases: ownCases,
      offers: (_args: object, context: AdminContext) => ownOffers(context),
    }),
  },
  mutation: {},
};

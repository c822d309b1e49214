/** The workload `mix`: the enrolment read in as many cuts as there are documents, by hand. */
import { CUTS, type Cut } from '../cuts.js';
import { assessedOf, propertiesOf } from './answer.js';
import { type Answered, type Read, readAny, readOwned } from './enrolment.js';
import { pageOfMonths } from './insurance.js';
import { typedLicences } from './licences.js';
import { addressOf, type Child, childOf, formsOfAll, type Guardian, guardianIds, STATUS } from './people.js';
import { date, formsOf, NOTHING, named, text } from './raw.js';

type Reads = Parameters<typeof propertiesOf>[1];

async function readGuardians(read: Read, cut: Cut, child: Child | null): Promise<Reads> {
  const forms = formsOfAll(guardianIds(child));
  const [owned, licences, months] = await Promise.all([
    cut.properties ? readOwned(read, forms, 'ownerships') : { ownerships: NOTHING, units: NOTHING },
    cut.licences ? readAny(read, 'licences', forms) : NOTHING,
    cut.months ? readAny(read, 'months', forms) : NOTHING,
  ]);
  return { ...owned, licences, months };
}

function guardianOf(cut: Cut, { relation, id }: Guardian, reads: Reads): Record<string, unknown> {
  const guardian: Record<string, unknown> = {};
  if (cut.relation) guardian.relation = relation;
  if (!(cut.properties || cut.licences || cut.months)) return guardian;
  if (id === null) {
    guardian.resident = null;
    return guardian;
  }
  const resident: Record<string, unknown> = {};
  if (cut.properties) resident.properties = propertiesOf(id, reads);
  if (cut.licences) resident.licences = typedLicences(id, reads.licences);
  if (cut.months) resident.insuredMonths = pageOfMonths(id, reads.months);
  guardian.resident = resident;
  return guardian;
}

/**
 * One child in one cut.
 * @param number of the cut
 * @param day a vaccination is judged by, `YYYY-MM-DD`
 * @throws RangeError where there is no such cut
 */
export async function mix(read: Read, number: number, id: string, day: string): Promise<Answered> {
  const cut = CUTS[number];
  if (cut === undefined) throw new RangeError(`no cut ${number}`);
  const own = formsOf(id);
  const reading = async () => {
    const child = childOf(await read('residents', own), id);
    return { child, reads: await readGuardians(read, cut, child) };
  };
  const [vaccinations, { child, reads }] = await Promise.all([
    cut.vaccination ? read('vaccinations', own) : NOTHING,
    reading(),
  ]);
  if (child === null) return { data: { resident: null }, subjects: [id] };
  const { row, guardians } = child;
  const resident: Record<string, unknown> = { name: text(row.xm), birthDate: date(row.csrq) };
  if (cut.status) resident.status = named(row.ryzt, STATUS, 'OTHER');
  if (cut.movedIn) resident.movedInDate = date(row.hslbz);
  if (cut.address) resident.address = addressOf(row);
  const guarded = cut.relation || cut.properties || cut.licences || cut.months;
  if (guarded) resident.guardians = guardians.map((guardian) => guardianOf(cut, guardian, reads));
  if (cut.vaccination) resident.vaccination = assessedOf(id, vaccinations, day);
  return { data: { resident }, subjects: guarded ? [id, ...guardianIds(child)] : [id] };
}

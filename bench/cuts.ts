/** The documents of the workload `mix`: cuts of the enrolment read. */

/** What a cut asks for besides name and date of birth. */
export interface Cut {
  readonly status: boolean;
  readonly movedIn: boolean;
  readonly address: boolean;
  readonly properties: boolean;
  readonly licences: boolean;
  readonly months: boolean;
  readonly vaccination: boolean;
  readonly relation: boolean;
}

/** How many there are. */
const COUNT = 200;

function cutOf(bits: number): Cut {
  const has = (bit: number) => (bits & (1 << bit)) !== 0;
  return {
    status: has(0),
    movedIn: has(1),
    address: has(2),
    properties: has(3),
    licences: has(4),
    months: has(5),
    vaccination: has(6),
    relation: has(7),
  };
}

/** All cuts, no two alike. */
export const CUTS: readonly Cut[] = Array.from({ length: COUNT }, (_, i) => cutOf(i + 1));

/** The document of a cut. */
export function documentOfCut(cut: Cut): string {
  const resident = [
    cut.properties ? 'properties { manner share unit { address area usage } }' : '',
    cut.licences ? 'licences { typeCode status validFrom validTo }' : '',
    cut.months ? 'insuredMonths { month kind }' : '',
  ].join(' ');
  const guardian = [cut.relation ? 'relation' : '', resident.trim() === '' ? '' : `resident { ${resident} }`].join(' ');
  const child = [
    'name birthDate',
    cut.status ? 'status' : '',
    cut.movedIn ? 'movedInDate' : '',
    cut.address ? 'address { text }' : '',
    guardian.trim() === '' ? '' : `guardians { ${guardian} }`,
    cut.vaccination ? 'vaccination { assessment { result } }' : '',
  ].join(' ');
  return `query Cut($id: CitizenId!) { resident(id: $id) { ${child} } }`.replace(/ +/g, ' ');
}

/** The demonstration's other city (peer-city.yaml): small, behind a gateway of its own, so that facts can be asked across cities. */
import { employerRow, licenceRow } from './build.js';
import { dayOf } from './days.js';
import { readSeedFile } from './files.js';
import { DEFAULT_AS_OF, DEFAULT_SEED } from './generate.js';
import { openSqlite } from './load-sqlite.js';
import { LICENCE_STATUS } from './reference.js';
import { addCatalogue } from './registers/licences.js';
import { type CityRows, noRows } from './rows.js';
import { readStories, type Story, type StoryBook } from './stories.js';
import { CITY_VERSION } from './target.js';

const FILE = 'peer-city.yaml';
/** Serials of its licences, 10 digits, count from here. */
const SERIALS_FROM = 900_000_000;

/** The other city. */
export const PEER_CITY = { name: 'tongxiang', division: '330483', divisionName: '桐乡市' } as const;

function book(): StoryBook {
  return readStories(readSeedFile(FILE), FILE);
}

/** Cases of this city that the other city's gateway is needed for, and the verdict each must get while it answers. @throws SeedFileError */
export function readPeerStories(): readonly Story[] {
  return book().stories;
}

/** Its enterprises and their business licences. */
function peerRows(): CityRows {
  const rows = noRows();
  addCatalogue(rows);
  for (const [i, { creditCode, name, founded, premises }] of Object.values(book().enterprises).entries()) {
    const { division } = premises;
    rows.AB01.push(employerRow({ number: `${division}${String(i + 1).padStart(7, '0')}`, creditCode, name, division }));
    rows.DZZZ_ZZXX.push(
      licenceRow({
        kind: 'BUSINESS',
        serial: String(SERIALS_FROM + i + 1).padStart(10, '0'),
        version: 1,
        division,
        divisionName: PEER_CITY.divisionName,
        holder: { name, number: creditCode, document: '001', share: '' },
        number: creditCode,
        from: dayOf(founded),
        to: null,
        address: `浙江省${PEER_CITY.divisionName}${premises.town}${premises.road}${premises.detail}`,
        status: LICENCE_STATUS.VALID,
      }),
    );
  }
  return rows;
}

/** Writes it as SQLite files, replacing what city was there. */
export async function seedPeerCity(folder: string): Promise<void> {
  const writer = openSqlite(folder);
  try {
    await writer.write(peerRows());
    await writer.complete({ version: CITY_VERSION, residents: 0, seed: DEFAULT_SEED, asOf: DEFAULT_AS_OF });
  } finally {
    await writer.close();
  }
}

/** Where a city is loaded to, and what is kept there to know it again. */
import type { CityRows } from './rows.js';

/** Version of the generator: another one gives other rows for the same options. */
export const CITY_VERSION = 4;

/** What stands in the databases: enough to know the city again. */
export interface CityRecord {
  readonly version: number;
  /** Random residents, without the stories'. */
  readonly residents: number;
  readonly seed: number;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
}

/** Where a city is loaded to. */
export type CityTarget =
  | {
      readonly kind: 'SQLITE';
      /** Folder of the five files and `city.json`; made where it is missing. Files of an earlier city are replaced. */
      readonly folder: string;
    }
  | {
      readonly kind: 'MYSQL';
      /** `mysql://user:password@host:port`, a user who may create databases; a database in it is ignored. */
      readonly url: string;
      /** Begin of the databases' names: letters, digits, `_`, at most 40. Default `mianzheng_`. */
      readonly databasePrefix?: string;
      /** Drop databases of these names even where they hold something that is no demonstration city. Default false. */
      readonly force?: boolean;
    };

/** The target holds something that a load would destroy, or its name is not acceptable. */
export class SeedTargetError extends Error {
  override readonly name = 'SeedTargetError';
}

/** One kind of target, opened: tables made, nothing in place yet. */
export interface CityWriter {
  /** Adds rows; resolves when it can take more. */
  write(rows: CityRows): Promise<void>;
  /** Builds the indexes and puts the city in place, as complete. */
  complete(city: CityRecord): Promise<void>;
  /** Lets go of files and connections; what was not completed is no city. */
  close(): Promise<void>;
}

/** The demonstration city's client applications and their grants (grants.yaml). */
import { z } from 'zod';
import { parseDate } from '../src/domain/calendar.js';
import { SeedFileError } from './faults.js';
import { parseSeedFile, readSeedFile } from './files.js';

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const date = z.string().refine((text) => parseDate(text) !== null, 'not a date YYYY-MM-DD');
const name = z.string().regex(/^[a-z]+(-[a-z]+)*$/);

const grant = z.strictObject({
  id: name,
  client: name,
  department: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
  matters: z.array(name).min(1),
  legalBasis: bilingual,
  coordinates: z.record(z.string().regex(/^[A-Z]\w*\.\w+$/), z.enum(['FULL', 'MASKED', 'PREDICATE'])),
  regions: z.array(z.string().regex(/^\d{2}(\d{2}(\d{2})?)?$/)),
  subjects: z.enum(['CASE_SUBJECTS', 'RELATED', 'ANY']),
  maxHops: z.number().int().min(0).max(10),
  validFrom: date,
  validTo: date,
});

const seedGrants = z.strictObject({ clients: z.record(name, bilingual), grants: z.array(grant) });

/** A grant of the demonstration city, approved. Quotas: none. Days of validity are both included. */
export type SeedGrant = z.infer<typeof grant>;
/** Clients by their name (zh, en) and all grants. A client may have none. */
export type SeedGrants = z.infer<typeof seedGrants>;

/**
 * Reads and checks the grants: their form, unknown keys, unique names, known clients, validity.
 * NOT checked here: that coordinates exist in the schema and belong to the department; the store
 * that takes them over and test/seeds/grants.test.ts do that.
 * @param text the YAML; default: seeds/grants.yaml
 * @throws SeedFileError with all faults
 */
export function readGrants(text: string = readSeedFile('grants.yaml')): SeedGrants {
  const read = parseSeedFile('grants.yaml', text, seedGrants);
  const { clients, grants } = read;
  const faults = grants.flatMap(({ id, client, validFrom, validTo }, i) => [
    ...(grants.findIndex((other) => other.id === id) === i ? [] : [`grants.${i}.id: ${id} is taken`]),
    ...(Object.hasOwn(clients, client) ? [] : [`grants.${i}.client: no client ${client}`]),
    ...(validFrom <= validTo ? [] : [`grants.${i}.validTo: before validFrom`]),
  ]);
  if (faults.length > 0) throw new SeedFileError('grants.yaml', faults);
  return read;
}

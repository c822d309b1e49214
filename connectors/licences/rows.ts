/** Raw rows of the licence library → clean attributes. Unknown codes: null, which is no other code's meaning. */
import { parseLicenceId } from '../../src/domain/identifiers.js';
import { rowKey } from '../assemble.js';
import { code, date, identifier, text } from '../clean.js';
import type { Mapping } from '../definition.js';
import { partyReference } from '../party.js';

/** zzzt of this library; as stored, so a licence past its last day may still say VALID. */
const STATUS = {
  '01': 'VALID',
  '02': 'SUSPENDED',
  '03': 'REVOKED',
  '04': 'CANCELLED',
  '05': 'EXPIRED',
  '06': 'TRANSFERRED',
  '07': 'WITHDRAWN',
  '99': 'OTHER',
};

/** What a last day that means none (长期) is stored as; blank does too. */
const ENDLESS = new Set(['00000000', '99991231']);

/**
 * The last day of validity: null where it does not end. What is no day is undefined, not null: to
 * read garbage as "does not end" would make an expired licence valid for ever.
 */
function lastDay(raw: unknown): string | null | undefined {
  const stored = text(raw);
  return stored === null || ENDLESS.has(stored) ? null : (date(stored) ?? undefined);
}

/** Rows of `licence`. */
export const licenceRows: Mapping = {
  attributes: {
    $row: (raw) => rowKey(raw.zzbs),
    id: (raw) => identifier(raw.zzbs, parseLicenceId),
    typeCode: (raw) => text(raw.zzlxdm),
    typeName: (raw) => text(raw.zzmc),
    number: (raw) => text(raw.zzbh),
    issuer: (raw) => text(raw.zzbfjg),
    division: (raw) => text(raw.zzbfjgxzqh),
    issuedDate: (raw) => date(raw.zzbfrq),
    validFrom: (raw) => date(raw.zzyxqqsrq),
    validTo: (raw) => lastDay(raw.zzyxqjzrq),
    status: (raw) => code(raw.zzzt, STATUS, null),
    holderName: (raw) => text(raw.czzt),
    address: (raw) => text(raw.zmdz),
    holder: (raw) => partyReference(raw.czztdmlxdm, raw.czztdm),
  },
};

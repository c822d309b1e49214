/** Raw rows of real-estate registration → clean attributes. Unknown codes: null. */
import { parsePropertyUnitNumber } from '../../src/domain/identifiers.js';
import { rowKey } from '../assemble.js';
import { code, date, decimal, flag, identifier, link, text } from '../clean.js';
import type { Mapping, RawRow } from '../definition.js';
import { partyReference } from '../party.js';
import { parseShare } from './share.js';

/** ghyt. */
const USAGE = {
  '10': 'DWELLING',
  '20': 'COMMERCIAL',
  '30': 'OFFICE',
  '40': 'INDUSTRIAL',
  '50': 'PARKING',
  '99': 'OTHER',
};
/** gyfs. */
const MANNER = { '0': 'SOLE', '1': 'JOINT', '2': 'BY_SHARES', '3': 'OTHER' };

/** Rows of `propertyUnit`. */
export const propertyUnitRows: Mapping = {
  attributes: {
    $row: (raw) => rowKey(raw.bdcdyh),
    number: (raw) => identifier(raw.bdcdyh, parsePropertyUnitNumber),
    division: (raw) => text(raw.bdcdyh)?.slice(0, 6) ?? null,
    address: (raw) => text(raw.zl),
    area: (raw) => decimal(raw.jzmj),
    usage: (raw) => code(raw.ghyt, USAGE, null),
    mortgaged: (raw) => flag(raw.sfdy),
    seized: (raw) => flag(raw.sfcf),
    underObjection: (raw) => flag(raw.sfyy),
  },
};

/** Sole and joint owners have the whole, whatever was typed; others what was typed, null where it cannot be read. */
function share(raw: RawRow): number | null {
  const manner = code(raw.gyfs, MANNER, null);
  return manner === 'SOLE' || manner === 'JOINT' ? 1 : parseShare(text(raw.qlbl) ?? '');
}

/** Rows of `ownership`. */
export const ownershipRows: Mapping = {
  attributes: {
    $row: (raw) => rowKey(raw.qlrid),
    certificateNumber: (raw) => text(raw.bdcqzh),
    rightKind: (raw) => text(raw.qllx),
    manner: (raw) => code(raw.gyfs, MANNER, null),
    share,
    registeredDate: (raw) => date(raw.djsj),
    ownerName: (raw) => text(raw.qlrmc),
    owner: (raw) => partyReference(raw.qlrzjzl, raw.qlrzjh),
    unitNumber: (raw) => link(raw.bdcdyh, parsePropertyUnitNumber),
  },
};

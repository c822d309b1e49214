/**
 * An answer with its lists in one order, and of a receipt what must be the same in every one. The
 * gateway orders a list by what it discloses; elements whose own fields are equal may stand in any
 * order, so contestants may differ there; and no two receipts of one verdict are alike.
 * @throws TypeError for a receipt that is no signed one
 */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown) => {
      const inner = canonical(element);
      return { inner, text: JSON.stringify(inner) };
    });
    elements.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    return elements.map(({ inner }) => inner);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      canonical(key === 'receipt' && typeof inner === 'string' ? statedBy(inner) : inner),
    ]),
  );
}

const SIGNED = /^([\w-]+)\.([\w-]+)\.[\w-]{86}$/;

/** What a receipt states of case and verdict. Its signature is not verified. */
function statedBy(receipt: string): unknown {
  const [, header, payload] = SIGNED.exec(receipt) ?? [];
  if (header === undefined || payload === undefined) throw new TypeError('a receipt is no compact JWS under Ed25519');
  const { alg, typ } = segment(header);
  const { client, matter, case: number, verdict, tier, requirements } = segment(payload);
  return { alg, typ, client, matter, case: number, verdict, tier, requirements };
}

function segment(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

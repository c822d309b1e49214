/** How a caller wishes receipts: their form, and whom they are bound to. */
import { MianzhengError } from '../errors.js';
import { HOLDER_KEY, type HolderKey } from '../receipts/sd-jwt.js';

/** The schema's `ReceiptForm`. */
export type ReceiptForm = 'JWS' | 'SD_JWT';

/** Form and holder of one receipt; the holder is null where whoever has it may show it. */
export type ReceiptWish = { readonly form: 'JWS' } | { readonly form: 'SD_JWT'; readonly holder: HolderKey | null };

/**
 * Reads a wish.
 * @param holderKey the holder's public JWK as text; null or undefined: bound to nobody
 * @param at path of the key's argument
 * @throws MianzhengError BAD_USER_INPUT where it is no public JWK of a kind taken, or the form is bound to nobody
 */
export function readReceiptWish(
  form: ReceiptForm,
  holderKey: string | null | undefined,
  at = 'holderKey',
): ReceiptWish {
  const bad = (why: string) => new MianzhengError('BAD_USER_INPUT', `${at}: ${why}`, { field: at });
  const bound = holderKey !== null && holderKey !== undefined;
  if (form === 'JWS') {
    if (bound) throw bad('a receipt of this form is bound to nobody');
    return { form };
  }
  if (!bound) return { form, holder: null };
  if (holderKey.length > 1000) throw bad('takes at most 1000 characters');
  let value: unknown;
  try {
    value = JSON.parse(holderKey);
  } catch {
    throw bad('no JSON');
  }
  const parsed = HOLDER_KEY.safeParse(value);
  if (!parsed.success) throw bad('takes a public JWK with kty, crv, x (and y): Ed25519 or P-256, and nothing else');
  return { form, holder: parsed.data };
}

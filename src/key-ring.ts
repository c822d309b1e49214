/** The keys that a gateway signs with, taken up from their folder while it runs. */
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import { loadSigningKeys, type SigningKey } from './audit/signing-key.js';
import { LOOK_MS, watchFiles } from './file-changes.js';
import { loadReceiptKeys, type ReceiptKey } from './receipts/keys.js';

/** The keys now. */
export interface KeyRing {
  /** Seals the record. */
  readonly record: () => SigningKey;
  /** Signs receipts. */
  readonly receipt: () => ReceiptKey;
  /** All that are to be published: of the record first, each newest first. */
  readonly publicKeys: () => readonly JWK[];
  close(): void;
}

async function load(folder: string) {
  const [record, receipt] = [await loadSigningKeys(folder), await loadReceiptKeys(folder)];
  return { record, receipt, publicKeys: [...record.publicJwks, ...receipt.publicJwks] };
}

/**
 * Opens the keys of a folder, making the first ones. A new key is published as soon as it is seen and signs one look later,
 * when every process that looks at the folder has published it too. A key whose file is gone stops at once. Where a file
 * cannot be used, the log says so and the keys of before go on.
 * @param everyMs how often is looked, ms; default {@link LOOK_MS}
 * @throws RecordError UNFIT
 */
export async function openKeyRing(folder: string, log: Logger, everyMs = LOOK_MS): Promise<KeyRing> {
  let published = await load(folder);
  let signing = published;
  let later: NodeJS.Timeout | null = null;

  /** Whether what signs is still there. */
  function stillThere(): boolean {
    const kids = new Set(published.publicKeys.map(({ kid }) => kid));
    return kids.has(signing.record.current.kid) && kids.has(signing.receipt.current.kid);
  }

  function sign(): void {
    signing = published;
    log.info({ record: signing.record.current.kid, receipt: signing.receipt.current.kid }, 'keys that sign');
  }

  const watch = watchFiles({
    paths: [folder],
    everyMs,
    onChange: async () => {
      published = await load(folder);
      if (later !== null) clearTimeout(later);
      if (!stillThere()) return sign();
      later = setTimeout(sign, everyMs);
      later.unref();
    },
    onFault: (error) => log.error({ err: error }, 'keys cannot be read, those of before go on'),
  });
  return {
    record: () => signing.record.current,
    receipt: () => signing.receipt.current,
    publicKeys: () => published.publicKeys,
    close() {
      watch.close();
      if (later !== null) clearTimeout(later);
    },
  };
}

/** What must be there before a gateway opens, made by one process alone. */
import { join } from 'node:path';
import { loadOrCreateSigningKey } from '../audit/signing-key.js';
import { loadOrCreateKey } from '../audit/subject-pseudonym.js';
import { openDevelopmentSecrets } from '../authenticate/development-secrets.js';
import type { Config } from '../config.js';
import { DEFAULT_RESIDENTS, ensureCity, needsEmbeddedCity, storeDemonstration } from '../demonstration.js';
import { storeDemonstrationCitizen } from '../demonstration-citizen.js';
import { findDepartments } from '../departments.js';
import { todayIn } from '../domain/calendar.js';
import { openStore } from '../open-store.js';
import { keyFolder } from '../places.js';
import { loadReceiptKeys } from '../receipts/keys.js';
import { showProgress } from './progress.js';

/** In development, what a newcomer needs before the first request: the demonstration city. */
export async function prepareDemonstration(config: Config): Promise<void> {
  if (config.mode !== 'development') return;
  const departments = await findDepartments();
  if (
    needsEmbeddedCity(
      config,
      departments.map((department) => department.name),
    )
  ) {
    const progress = showProgress(DEFAULT_RESIDENTS);
    await ensureCity(config, progress.update).finally(progress.stop);
  }
  const store = await openStore(config);
  try {
    if (await store.isEmpty()) {
      await storeDemonstration(store);
      await storeDemonstrationCitizen(store, todayIn(config.utcOffsetMinutes, Date.now()));
    }
  } finally {
    await store.close();
  }
}

/** Makes the tables and the keys that several processes would else make at once. */
export async function prepareShared(config: Config): Promise<void> {
  await (await openStore(config)).close();
  const keys = keyFolder(config);
  await loadOrCreateSigningKey(keys);
  await loadReceiptKeys(keys);
  await loadOrCreateKey(join(keys, 'subject-pseudonym.key'));
  if (config.mode === 'development') await openDevelopmentSecrets(join(keys, 'development-issuer'));
}

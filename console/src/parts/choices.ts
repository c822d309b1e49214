/** What filters and forms choose from. */
import { ClientNames, MatterNames } from '../api/generated.js';
import { useLanguage } from '../words.js';
import { useNames, useSession } from './session.js';
import { term } from './terms.js';
import { useAsk } from './use-ask.js';

/** One of a few. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** Options of a table of terms. */
export function useTerms(terms: Readonly<Record<string, readonly [string, string]>>): readonly Option[] {
  const language = useLanguage();
  return Object.keys(terms).map((value) => ({ value, label: term(terms, value, language) }));
}

/** Departments. */
export function useDepartmentOptions(): readonly Option[] {
  const names = useNames();
  return names.departments.map(({ department }) => ({ value: department, label: names.department(department) }));
}

/** How long names are taken for new, ms. */
const FRESH_MS = 60_000;

function useClientNames() {
  const { may } = useSession();
  return useAsk(ClientNames, {}, { enabled: may('Query.clients'), freshMs: FRESH_MS });
}

function useMatterNames() {
  const { may } = useSession();
  return useAsk(MatterNames, {}, { enabled: may('Query.matters'), freshMs: FRESH_MS });
}

/**
 * Whether the names of departments, fields, applications and matters have come, or will not. What is shown by its name
 * waits for them: coming later, they would move it.
 */
export function useNamesReady(): boolean {
  const names = useNames();
  const clients = useClientNames();
  const matters = useMatterNames();
  return names.ready && !clients.isLoading && !matters.isLoading;
}

/** Application systems: the first 200. */
export function useClientOptions(): { readonly options: readonly Option[]; readonly name: (id: string) => string } {
  const language = useLanguage();
  const { data } = useClientNames();
  const options = (data?.clients.items ?? []).map(({ id, nameZh, nameEn }) => ({
    value: id,
    label: language === 'zh' ? nameZh : nameEn,
  }));
  const names = new Map(options.map(({ value, label }) => [value, label]));
  return { options, name: (id) => names.get(id) ?? id };
}

/** Matters: the first 200. */
export function useMatterOptions(): { readonly options: readonly Option[]; readonly name: (code: string) => string } {
  const language = useLanguage();
  const { data } = useMatterNames();
  const options = (data?.matters.items ?? []).map(({ code, name }) => ({ value: code, label: name[language] }));
  const names = new Map(options.map(({ value, label }) => [value, label]));
  return { options, name: (code) => names.get(code) ?? code };
}

/** Who is signed in, what they may ask, and the names of departments and fields. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { ask, askSession, keepCsrf } from '../api/ask.js';
import { Names, type NamesQuery, Session, type SessionQuery } from '../api/generated.js';
import { type Language, useLanguage } from '../words.js';
import { DEPARTMENTS_EN } from './terms.js';

/** The person and what the console knows for all pages. */
export interface SessionState {
  readonly me: SessionQuery['me'];
  /** Whether a field of Query or Mutation may be asked, such as `Query.grants`. */
  readonly may: (field: string) => boolean;
}

/** A field as the pages name it. */
export type NamedField = NamesQuery['catalogue']['items'][number];

const SessionContext = createContext<SessionState | null>(null);

/** @throws Error outside {@link SessionProvider} */
export function useSession(): SessionState {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession stands outside SessionProvider');
  return session;
}

/** How the session is asked for. */
export const SESSION_QUERY = queryOptions({
  queryKey: ['Session'],
  queryFn: async ({ signal }) => {
    const { me } = await askSession(Session, signal);
    keepCsrf(me.csrf);
    return me;
  },
  staleTime: 300_000,
  retry: false,
});

/** The session. */
export function useSessionQuery() {
  return useQuery(SESSION_QUERY);
}

/** Gives the person to all below. */
export function SessionProvider({ me, children }: { readonly me: SessionQuery['me']; readonly children: ReactNode }) {
  const session = useMemo(() => {
    const allowed = new Set(me.allowed);
    return { me, may: (field: string) => allowed.has(field) };
  }, [me]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Pages of names to ask for at most: 200 fields each. */
const NAME_PAGES = 20;

async function allNames(signal: AbortSignal) {
  const first = await ask(Names, { page: 1 }, signal);
  const fields = [...first.catalogue.items];
  for (let page = 2; page <= NAME_PAGES && fields.length < first.catalogue.total; page += 1) {
    fields.push(...(await ask(Names, { page }, signal)).catalogue.items);
  }
  return { departments: first.catalogueDepartments, fields };
}

/** The first Chinese words in parentheses of a description such as `Date of birth (出生日期).` */
function termIn(description: string, language: Language, otherwise: string): string {
  const chinese = /[(（]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]/.exec(description)?.[1];
  if (language === 'zh') return chinese ?? (/[\u4e00-\u9fff]/.test(description) ? description : otherwise);
  return (description.split(/[(（.;:,]/)[0] ?? otherwise).trim();
}

/** Names of departments and fields in the language of now. */
export interface NameBook {
  /** Whether they have come, or will not: what has no name is then shown by its code. */
  readonly ready: boolean;
  readonly departments: NamesQuery['catalogueDepartments'];
  readonly fields: ReadonlyMap<string, NamedField>;
  /** Name of a department; its code where none is known. */
  readonly department: (code: string) => string;
  /** What a field holds, in words; its coordinate where none is known. */
  readonly field: (coordinate: string) => string;
  /** A description's words in the language of now; `otherwise` where it has none. */
  readonly term: (description: string, otherwise: string) => string;
}

/** Names, asked for once. */
export function useNames(): NameBook {
  const language = useLanguage();
  const { data, isError } = useQuery({
    queryKey: ['Names'],
    queryFn: ({ signal }) => allNames(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    const fields = new Map((data?.fields ?? []).map((field) => [field.coordinate, field]));
    const departments = data?.departments ?? [];
    const zh = new Map(departments.map(({ department, nameZh }) => [department, termIn(nameZh, 'zh', department)]));
    return {
      ready: data !== undefined || isError,
      departments,
      fields,
      department: (code) =>
        language === 'zh' ? (zh.get(code)?.replace(/\.$/, '') ?? code) : (DEPARTMENTS_EN[code] ?? code),
      field: (coordinate) => {
        const known = fields.get(coordinate);
        return known === undefined ? coordinate : termIn(known.description, language, known.field);
      },
      term: (description, otherwise) => termIn(description, language, otherwise),
    };
  }, [data, isError, language]);
}

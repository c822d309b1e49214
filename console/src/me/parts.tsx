/** What the citizen's pages share. */
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { ask, type Operation, Refusal } from '../api/ask.js';
import { useSessionQuery } from '../parts/session.js';
import { useLanguage, useWords } from '../words.js';
import { failureIn } from './told.js';
import { ME } from './words.js';

/** Whether this person may ask a field of Query or Mutation, such as `Mutation.raiseDispute`. */
export function useMay(): (field: string) => boolean {
  const { data: me } = useSessionQuery();
  return (field) => me?.allowed.includes(field) ?? false;
}

/** Asks; nothing is asked twice while it is fresh. */
export function useAnswer<R, V>(operation: Operation<R, V>, variables: V): UseQueryResult<R> {
  return useQuery({
    queryKey: [operation.name, variables],
    queryFn: ({ signal }) => ask(operation, variables, signal),
    retry: false,
  });
}

/** Makes a change; what is shown is then asked for again. */
export function useChange<R, V>(operation: Operation<R, V>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (variables: V) => ask(operation, variables),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'Session' }),
  });
}

/** While something comes. */
export function Loading() {
  const say = useWords(ME);
  return (
    <p className="waiting" role="status">
      {say('loading')}
    </p>
  );
}

/** What could not be had, in plain words, and a way on. */
export function Failed({ error, onAgain }: { readonly error: Error; readonly onAgain?: () => void }) {
  const say = useWords(ME);
  const language = useLanguage();
  const code = error instanceof Refusal ? error.code : 'INTERNAL';
  // The page asks what the control plane of its version has; one that does not serve it yet refuses the document.
  if (code === 'GRAPHQL_VALIDATION_FAILED') return <p className="lead">{say('unserved')}</p>;
  return (
    <div className="failed" role="alert">
      <strong>{say('failed')}</strong>
      <p>{failureIn(code, language)}</p>
      {onAgain === undefined ? null : (
        <button type="button" className="secondary" onClick={onAgain}>
          {say('again')}
        </button>
      )}
    </div>
  );
}

/** A heading that the reader is taken to when the page changes. */
export function Heading({ children, lead }: { readonly children: ReactNode; readonly lead?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {children}
      </h1>
      {lead === undefined ? null : <p className="lead">{lead}</p>}
    </>
  );
}

/** A dialog over the page, closed by Escape; the reader is back at its opener then. */
export function Sheet({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="sheet-title" onClose={onClose}>
      <h2 id="sheet-title">{title}</h2>
      {children}
    </dialog>
  );
}

import { keepPreviousData, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { ask, type Operation } from '../api/ask.js';
import { useWords } from '../words.js';
import { COMMON } from './words.js';

/** How a question is kept. */
export interface AskOptions<R> {
  /** Not asked while false. Default true. */
  readonly enabled?: boolean;
  /** Asked again after so many ms while the page is seen, by the last answer where it depends on that. Default: not. */
  readonly every?: number | ((data: R | undefined) => number);
  /** How long an answer is taken for new, ms, unless somebody changes something here. Default: not at all. */
  readonly freshMs?: number;
}

/** Asks a question and keeps its answer; while another page of a list comes, the last one stays. */
export function useAsk<R, V>(operation: Operation<R, V>, variables: V, options: AskOptions<R> = {}): UseQueryResult<R> {
  const { every = false, freshMs = 0 } = options;
  return useQuery({
    queryKey: [operation.name, variables],
    queryFn: ({ signal }) => ask(operation, variables, signal),
    enabled: options.enabled ?? true,
    refetchInterval: typeof every === 'function' ? ({ state }) => every(state.data) : every,
    staleTime: freshMs,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Makes a change; then everything that is shown is asked for again. Failures are the caller's to show. */
export function useChange<R, V>(operation: Operation<R, V>, done?: string) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const say = useWords(COMMON);
  return useMutation({
    mutationFn: (variables: V) => ask(operation, variables),
    onSuccess: async () => {
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'Names' });
      void message.success(done ?? say('done'));
    },
  });
}

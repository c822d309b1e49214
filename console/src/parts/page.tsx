import type { UseQueryResult } from '@tanstack/react-query';
import { Empty, Skeleton } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useWords } from '../words.js';
import { useNamesReady } from './choices.js';
import { Failure } from './failure.js';
import { COMMON } from './words.js';

/** A page: its title, what it is for, what one can do, and its content. */
export function Page(props: {
  readonly title: ReactNode;
  /** The title as text, for the window. Default: `title` where that is text. */
  readonly name?: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, about, actions, children } = props;
  const name = props.name ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = name === '' ? '免证' : `${name} · 免证`;
  }, [name]);
  return (
    <div className="mz-page">
      <div className="mz-page-head">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p className="mz-quiet">{about}</p>}
        </div>
        {actions !== undefined && <div className="mz-page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A titled part of a page. */
export function Section(props: {
  readonly title?: ReactNode;
  readonly extra?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  const { title, extra, flush = false, children } = props;
  return (
    <section className={flush ? 'mz-section mz-flush' : 'mz-section'}>
      {(title !== undefined || extra !== undefined) && (
        <div className="mz-section-head">
          {title !== undefined && <h2>{title}</h2>}
          {extra !== undefined && <div>{extra}</div>}
        </div>
      )}
      <div className="mz-section-body">{children}</div>
    </section>
  );
}

/** Shows an answer, or that it is coming, or why it is not. */
export function Answer<R>(props: {
  readonly of: UseQueryResult<R>;
  readonly rows?: number;
  readonly children: (data: R) => ReactNode;
}) {
  const { of, rows = 6, children } = props;
  const named = useNamesReady();
  const say = useWords(COMMON);
  if (of.error !== null) return <Failure error={of.error} onRetry={() => void of.refetch()} />;
  // Names are waited for, so that nothing moves when they come.
  if (of.data === undefined || !named) {
    return (
      <div role="status" aria-label={say('loading')}>
        <Skeleton active title={false} paragraph={{ rows }} />
      </div>
    );
  }
  return children(of.data);
}

/** Says that there is nothing. */
export function Nothing({ text }: { readonly text?: string }) {
  const say = useWords(COMMON);
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text ?? say('empty')} />;
}

/** Names and values, two columns. */
export function Facts({ of }: { readonly of: readonly (readonly [ReactNode, ReactNode] | null)[] }) {
  return (
    <dl className="mz-facts">
      {of.map(
        (line, index) =>
          line !== null && (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines are as fixed as the code that writes them
            <div key={index}>
              <dt>{line[0]}</dt>
              <dd>{line[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

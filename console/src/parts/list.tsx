import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Input, Select, Table, type TableColumnsType } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../words.js';
import { useNamesReady } from './choices.js';
import { Failure } from './failure.js';
import { Nothing } from './page.js';
import { useNumber } from './time.js';
import type { UrlState } from './url.js';
import { COMMON } from './words.js';

/** A page of a list, as the control plane answers it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly number: number;
  readonly size: number;
}

/** Entries of a page. */
export const PAGE_SIZE = 20;

/** The page that the address asks for. */
export function pageOf(url: UrlState): { readonly number: number; readonly size: number } {
  return { number: url.count('page', 1), size: url.count('size', PAGE_SIZE) };
}

/** A column. */
export interface Column<T> {
  readonly title: ReactNode;
  readonly key: string;
  /** Its least width, px: what is left over is shared out by it. */
  readonly width: number;
  readonly render: (item: T) => ReactNode;
  /** The server sorts by this. */
  readonly sort?: string;
  /** Aligned at the end, for numbers. */
  readonly end?: boolean;
}

/**
 * How a table lays its columns out: by their widths and not by what is in them, so that the head stands where it will
 * stand before the rows come. A narrower page scrolls it.
 */
export function fixedColumns(columns: readonly Pick<Column<never>, 'width'>[]) {
  const x = columns.reduce((sum, { width }) => sum + width, 0);
  return { tableLayout: 'fixed', scroll: { x } } as const;
}

/** A list that the server sorts, filters and cuts; its state is in the address. */
export function List<T extends object, R>(props: {
  readonly of: UseQueryResult<R>;
  readonly page: (data: R) => ListPage<T>;
  readonly columns: readonly Column<T>[];
  readonly rowKey: (item: T) => string;
  readonly url: UrlState;
  readonly sorted?: { readonly sort: string; readonly direction: 'ASC' | 'DESC' };
  readonly label: string;
  readonly filtered?: boolean;
  readonly empty?: string;
  readonly rowClass?: (item: T) => string;
}) {
  const { of, url, sorted, label } = props;
  const say = useWords(COMMON);
  const number = useNumber();
  const named = useNamesReady();
  if (of.error !== null) return <Failure error={of.error} onRetry={() => void of.refetch()} />;
  // Names are waited for, so that nothing moves when they come.
  const page = of.data === undefined || !named ? undefined : props.page(of.data);
  const columns: TableColumnsType<T> = props.columns.map(({ title, key, render, sort, end, width }) => ({
    title,
    key: sort ?? key,
    render: (_: unknown, item: T) => render(item),
    width,
    ...(end === true ? { align: 'right' as const, className: 'mz-number' } : {}),
    ...(sort === undefined
      ? {}
      : {
          sorter: true,
          sortOrder: sorted?.sort === sort ? (sorted.direction === 'ASC' ? 'ascend' : 'descend') : null,
        }),
  }));
  const nothing = props.filtered === true ? say('emptyFiltered') : (props.empty ?? say('empty'));
  return (
    <Table<T>
      aria-label={label}
      size="middle"
      columns={columns}
      dataSource={page?.items as T[] | undefined}
      rowKey={props.rowKey}
      loading={page === undefined || of.isPlaceholderData}
      {...fixedColumns(props.columns)}
      locale={{ emptyText: page === undefined ? <div className="mz-list-waits" /> : <Nothing text={nothing} /> }}
      {...(props.rowClass === undefined ? {} : { rowClassName: props.rowClass })}
      pagination={{
        current: page?.number ?? 1,
        pageSize: page?.size ?? PAGE_SIZE,
        total: page?.total ?? 0,
        showSizeChanger: true,
        pageSizeOptions: [10, 20, 50, 100],
        showTotal: (total) => say('total', { count: number(total) }),
        hideOnSinglePage: (page?.total ?? 0) <= 10,
      }}
      onChange={(pagination, _filters, sorter, { action }) => {
        if (action === 'paginate') {
          const size = pagination.pageSize ?? PAGE_SIZE;
          const moved = size === (page?.size ?? PAGE_SIZE) ? (pagination.current ?? 1) : 1;
          url.set({ page: moved === 1 ? null : moved, size: size === PAGE_SIZE ? null : size });
        } else if (!Array.isArray(sorter)) {
          const key = sorter.order === undefined || sorter.order === null ? null : String(sorter.columnKey);
          url.set({ sort: key, direction: key === null ? null : sorter.order === 'ascend' ? 'ASC' : 'DESC' });
        }
      }}
    />
  );
}

/** The bar of filters above a list. */
export function Filters(props: {
  readonly url: UrlState;
  /** Parameters that are filters: cleared together. */
  readonly keys: readonly string[];
  readonly children: ReactNode;
  readonly end?: ReactNode;
}) {
  const say = useWords(COMMON);
  const set = props.keys.some((key) => props.url.get(key) !== null);
  return (
    <search className="mz-filters">
      {props.children}
      {set && (
        <Button type="text" onClick={() => props.url.set(Object.fromEntries(props.keys.map((key) => [key, null])))}>
          {say('reset')}
        </Button>
      )}
      {props.end !== undefined && <div className="mz-filters-end">{props.end}</div>}
    </search>
  );
}

/** A filter that is one of a few. */
export function Choice(props: {
  readonly url: UrlState;
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly width?: number;
  readonly loading?: boolean;
}) {
  const { url, name, label, options, width = 160, loading = false } = props;
  return (
    <Select
      aria-label={label}
      placeholder={label}
      allowClear
      showSearch={options.length > 8 ? { optionFilterProp: 'label' } : false}
      loading={loading}
      style={{ width }}
      popupMatchSelectWidth={false}
      value={url.get(name)}
      options={[...options]}
      onChange={(value: string | undefined) => url.set({ [name]: value ?? null })}
    />
  );
}

/** How long typing must rest before the server is asked, ms. */
const REST_MS = 350;

/** A filter that is typed. */
export function Typed(props: {
  readonly url: UrlState;
  readonly name: string;
  readonly label: string;
  readonly width?: number;
}) {
  const { url, name, label, width = 220 } = props;
  const inUrl = url.get(name) ?? '';
  const [text, setText] = useState(inUrl);
  useEffect(() => setText(inUrl), [inUrl]);
  useEffect(() => {
    if (text === inUrl) return;
    const timer = setTimeout(() => url.set({ [name]: text }), REST_MS);
    return () => clearTimeout(timer);
  }, [text, inUrl, name, url.set]);
  return (
    <Input
      aria-label={label}
      placeholder={label}
      allowClear
      maxLength={100}
      style={{ width }}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

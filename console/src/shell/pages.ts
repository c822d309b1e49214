/** The pages: where they are, what they need, and in which group of the navigation they stand. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { SHELL } from './words.js';

type Word = keyof (typeof SHELL)['zh'];

type Load = () => Promise<{ readonly default: ComponentType }>;

/** A page that is loaded when it is first shown, or before. */
export interface LoadedPage {
  readonly load: Load;
  readonly page: LazyExoticComponent<ComponentType>;
}

/** A page by the module that has it. */
export function pageOf(load: Load): LoadedPage {
  return { load, page: lazy(load) };
}

/** A page of the navigation. */
export interface PageEntry extends LoadedPage {
  /** Path below /console. */
  readonly path: string;
  readonly word: Word;
  /** What the navigation opens it with, as it stands in the address; default: nothing. */
  readonly search?: string;
  /** Field of the control plane without which there is nothing to see. */
  readonly needs: string;
}

/** Pages that belong together. */
export interface PageGroup {
  /** Null: stands alone on top. */
  readonly word: Word | null;
  readonly pages: readonly PageEntry[];
}

/** The navigation, in order. Every page is loaded when it is first opened. */
export const GROUPS: readonly PageGroup[] = [
  {
    word: null,
    pages: [{ path: '/', word: 'overview', needs: 'Query.me', ...pageOf(() => import('../pages/overview/index.js')) }],
  },
  {
    word: 'access',
    pages: [
      {
        path: '/catalogue',
        word: 'catalogue',
        needs: 'Query.catalogue',
        ...pageOf(() => import('../pages/catalogue/index.js')),
      },
      {
        path: '/applications',
        word: 'applications',
        needs: 'Query.applications',
        ...pageOf(() => import('../pages/applications/index.js')),
      },
      { path: '/grants', word: 'grants', needs: 'Query.grants', ...pageOf(() => import('../pages/grants/index.js')) },
      {
        path: '/explorer',
        word: 'explorer',
        needs: 'Query.explainAccess',
        ...pageOf(() => import('../pages/explorer/index.js')),
      },
    ],
  },
  {
    word: 'service',
    pages: [
      {
        path: '/matters',
        word: 'matters',
        needs: 'Query.matters',
        ...pageOf(() => import('../pages/matters/index.js')),
      },
      { path: '/cases', word: 'cases', needs: 'Query.cases', ...pageOf(() => import('../pages/cases/index.js')) },
      {
        path: '/seasons',
        word: 'seasons',
        needs: 'Query.seasons',
        ...pageOf(() => import('../pages/seasons/index.js')),
      },
      { path: '/tasks', word: 'tasks', needs: 'Query.tasks', ...pageOf(() => import('../pages/tasks/index.js')) },
      {
        path: '/commitments',
        word: 'commitments',
        needs: 'Query.commitments',
        ...pageOf(() => import('../pages/commitments/index.js')),
      },
      {
        path: '/disputes',
        word: 'disputes',
        needs: 'Query.disputes',
        ...pageOf(() => import('../pages/disputes/index.js')),
      },
    ],
  },
  {
    word: 'oversight',
    pages: [
      {
        path: '/records',
        word: 'records',
        // Who looked at what; the requests of administrators, one's own among them, are a click away.
        search: '?kind=REQUEST',
        needs: 'Query.records',
        ...pageOf(() => import('../pages/records/index.js')),
      },
      {
        path: '/monitoring',
        word: 'monitoring',
        needs: 'Query.monitoring',
        ...pageOf(() => import('../pages/monitoring/index.js')),
      },
      {
        path: '/clients',
        word: 'clients',
        needs: 'Query.clients',
        ...pageOf(() => import('../pages/clients/index.js')),
      },
    ],
  },
];

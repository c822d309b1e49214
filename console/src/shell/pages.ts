/** The pages: where they are, what they need, and in which group of the navigation they stand. */
import { type ComponentType, lazy } from 'react';
import type { SHELL } from './words.js';

type Word = keyof (typeof SHELL)['zh'];

/** A page of the navigation. */
export interface PageEntry {
  /** Path below /console. */
  readonly path: string;
  readonly word: Word;
  /** Field of the control plane without which there is nothing to see. */
  readonly needs: string;
  readonly page: ComponentType;
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
    pages: [{ path: '/', word: 'overview', needs: 'Query.me', page: lazy(() => import('../pages/overview/index.js')) }],
  },
  {
    word: 'access',
    pages: [
      {
        path: '/catalogue',
        word: 'catalogue',
        needs: 'Query.catalogue',
        page: lazy(() => import('../pages/catalogue/index.js')),
      },
      {
        path: '/applications',
        word: 'applications',
        needs: 'Query.applications',
        page: lazy(() => import('../pages/applications/index.js')),
      },
      { path: '/grants', word: 'grants', needs: 'Query.grants', page: lazy(() => import('../pages/grants/index.js')) },
      {
        path: '/explorer',
        word: 'explorer',
        needs: 'Query.explainAccess',
        page: lazy(() => import('../pages/explorer/index.js')),
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
        page: lazy(() => import('../pages/matters/index.js')),
      },
      { path: '/cases', word: 'cases', needs: 'Query.cases', page: lazy(() => import('../pages/cases/index.js')) },
      { path: '/tasks', word: 'tasks', needs: 'Query.tasks', page: lazy(() => import('../pages/tasks/index.js')) },
      {
        path: '/disputes',
        word: 'disputes',
        needs: 'Query.disputes',
        page: lazy(() => import('../pages/disputes/index.js')),
      },
    ],
  },
  {
    word: 'oversight',
    pages: [
      {
        path: '/records',
        word: 'records',
        needs: 'Query.records',
        page: lazy(() => import('../pages/records/index.js')),
      },
      {
        path: '/monitoring',
        word: 'monitoring',
        needs: 'Query.monitoring',
        page: lazy(() => import('../pages/monitoring/index.js')),
      },
      {
        path: '/clients',
        word: 'clients',
        needs: 'Query.clients',
        page: lazy(() => import('../pages/clients/index.js')),
      },
    ],
  },
];

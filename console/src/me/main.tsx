/** The citizen's page. It is small on purpose: no design system, for a phone on a slow line. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './me.css';
import { CitizensPage } from './citizens-page.js';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <CitizensPage />
    </QueryClientProvider>
  </StrictMode>,
);

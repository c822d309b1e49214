/** The citizen's page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PreferencesProvider } from '../preferences.js';
import { CitizensPage } from './citizens-page.js';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');
createRoot(root).render(
  <StrictMode>
    <PreferencesProvider>
      <CitizensPage />
    </PreferencesProvider>
  </StrictMode>,
);

/** The administrators' page. */
import { StrictMode } from 'react';
import './console.css';
import { createRoot } from 'react-dom/client';
import { AdministratorsPage, begin } from './app.js';
import { PreferencesProvider } from './preferences.js';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');
begin();
createRoot(root).render(
  <StrictMode>
    <PreferencesProvider>
      <AdministratorsPage />
    </PreferencesProvider>
  </StrictMode>,
);

import '@fontsource-variable/inter/wght.css';
import './ui/theme.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its #root element');
// A link from a letter that is opened in the tab that asked for it changes no more than what follows the #.
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#link=')) location.reload();
});
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// Starts the page.

import './app/tokens.css';
import './app/base.css';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { tidyAddress } from './stores/address';
import { App } from './app/App';
import { applyTheme } from './app/theme';
import { learn, preferred, SpeechProvider } from './messages/react';
import { AnswerError } from './rest/ask';

applyTheme();
tidyAddress();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 1 && !(error instanceof AnswerError && error.isFinal),
      networkMode: 'always',
      staleTime: 5_000,
    },
    mutations: { networkMode: 'always' },
  },
});
void learn(preferred()).then(() => {
  createRoot(root).render(
    <StrictMode>
      <SpeechProvider>
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      </SpeechProvider>
    </StrictMode>,
  );
});

// The frame around every page: the connection, the way between pages, and what it all looks like.

import { lazy, Suspense, useEffect, useState } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';

import { Connection } from '../connection/connection';
import { ConnectionProvider } from '../connection/react';
import { useTexts } from '../messages/react';
import { Watch } from '../watch/Watch';
import { Content } from './Content';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { SettingsProvider, useSettings } from './settings';

const LivePage = lazy(() => import('../pages/live/LivePage'));
const IncidentsPage = lazy(() => import('../pages/incidents/IncidentsPage'));
const AlertsPage = lazy(() => import('../pages/alerts/AlertsPage'));
const RehearsePage = lazy(() => import('../pages/rehearse/RehearsePage'));
const SystemPage = lazy(() => import('../pages/system/SystemPage'));

export function App() {
  return (
    <SettingsProvider>
      <Connected>
        <Router hook={useHashLocation}>
          <Header />
          <Content>
            <Pages />
          </Content>
        </Router>
      </Connected>
    </SettingsProvider>
  );
}

function Pages() {
  const texts = useTexts();
  const [path] = useLocation();
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<p className="muted">{texts.app.loading}</p>}>
        <Switch>
          <Route path="/" component={LivePage} />
          <Route path="/incidents" component={IncidentsPage} />
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/rehearse" component={RehearsePage} />
          <Route path="/system" component={SystemPage} />
          <Route>
            <p>{texts.app.unknownPage}</p>
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

/** One connection as long as the page lives. */
function Connected({ children }: { children: React.ReactNode }) {
  const beatMs = useSettings().poll_interval_seconds * 1000;
  const [connection] = useState(() => new Connection(`${location.origin.replace(/^http/, 'ws')}/ws/alerts`, beatMs));
  useEffect(() => {
    connection.start();
    const leave = connection.subscribe('alerts'); // the header counts them on every page
    return () => {
      leave();
      connection.stop();
    };
  }, [connection]);
  return (
    <ConnectionProvider connection={connection}>
      <Watch />
      {children}
    </ConnectionProvider>
  );
}

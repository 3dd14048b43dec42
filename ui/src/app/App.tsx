// The frame around every page: the connection, the way between pages, and what it all looks like.

import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { Route, Router, Switch, useLocation, type AroundNavHandler } from 'wouter';

import { Connection } from '../connection/connection';
import { Guard } from '../components/Guard';
import { ConnectionProvider } from '../connection/react';
import { useTexts } from '../messages/react';
import { addressOf } from '../rest/ask';
import { diagnose } from '../stores/diagnosis';
import { StoreUpdates } from '../stores/StoreUpdates';
import { useHashPath } from '../stores/address';
import { Content } from './Content';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { loaded } from './loaded';
import { useSettings } from '../rest/settings';
import { Switched } from './Switched';

const LivePage = loaded(() => import('../pages/live/LivePage'));
const IncidentsPage = loaded(() => import('../pages/incidents/IncidentsPage'));
const AlertsPage = loaded(() => import('../pages/alerts/AlertsPage'));
const RehearsePage = loaded(() => import('../pages/rehearse/RehearsePage'));
const SystemPage = loaded(() => import('../pages/system/SystemPage'));

/** Until the gateway has sent its own: the first frames need not wait for that. */
const USUAL_BEAT_MS = 10_000;

export function App() {
  return (
    <ErrorBoundary>
      <Connected>
        <Router hook={useHashPath} aroundNav={follow}>
          <Header />
          <Content>
            <Pages />
          </Content>
        </Router>
      </Connected>
    </ErrorBoundary>
  );
}

/** A page that a link leads to begins at its top; one that Back leads to is where the browser knows that it was. */
const follow: AroundNavHandler = (navigate, to, options) => {
  navigate(to, options);
  if (!options?.replace) window.scrollTo(0, 0);
};

function Pages() {
  const texts = useTexts();
  const [path] = useLocation();
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<p className="muted">{texts.app.loading}</p>}>
        <Switch>
          <Route path="/" component={LivePage} />
          <Route path="/incidents">
            <Switched page="incidents">
              <IncidentsPage />
            </Switched>
          </Route>
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/rehearse">
            <Switched page="rehearse">
              <RehearsePage />
            </Switched>
          </Route>
          <Route path="/system" component={SystemPage} />
          <Route>
            <p>{texts.app.unknownPage}</p>
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}

function socketUrl(): string {
  return addressOf('ws/alerts').href.replace(/^http/, 'ws');
}

/** One connection as long as the page lives. */
function Connected({ children }: { children: React.ReactNode }) {
  const beatSeconds = useSettings().data?.poll_interval_seconds;
  const [connection] = useState(() => new Connection(socketUrl(), USUAL_BEAT_MS));
  useEffect(() => {
    if (beatSeconds !== undefined) connection.expectEvery(beatSeconds * 1000);
  }, [connection, beatSeconds]);
  const client = useQueryClient();
  useEffect(() => {
    let epoch: string | undefined;
    return connection.listen(() => {
      const state = connection.getState();
      if (state.is !== 'open' || state.epoch === epoch) return;
      // A gateway that was started anew may be another version, with other settings.
      if (epoch !== undefined) void client.invalidateQueries({ queryKey: ['settings'] });
      epoch = state.epoch;
    });
  }, [connection, client]);
  useEffect(() => diagnose(connection), [connection]);
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
      <Guard>
        <StoreUpdates />
      </Guard>
      {children}
    </ConnectionProvider>
  );
}

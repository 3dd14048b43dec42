// What fails says so: a page leaves the way to the others open, and the frame around them does not leave a blank screen.

import { Component, type ReactNode } from 'react';

import { ErrorPage } from './ErrorPage';

interface State {
  error: Error | undefined;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    return error ? <ErrorPage error={error} /> : this.props.children;
  }
}

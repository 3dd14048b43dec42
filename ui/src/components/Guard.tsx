// Whatever fails in a part of a page says so in its place: what stands beside it is not lost. With the next answer it is
// tried again.

import { Component, type ReactNode } from 'react';

import { useTexts } from '../messages/react';
import { Card } from './Card';
import { LongText } from './LongText';
import { Note } from './Note';

interface Props {
  /** Of the part, if it has one to itself; without, nothing stands in its place. */
  title?: string;
  /** What it is made of. */
  of?: unknown;
  children: ReactNode;
}

interface State {
  of: unknown;
  error: Error | undefined;
}

export class Guard extends Component<Props, State> {
  override state: State = { of: this.props.of, error: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ of }: Props, state: State): State | null {
    return Object.is(of, state.of) ? null : { of, error: undefined };
  }

  override render() {
    const { title, children } = this.props;
    const { error } = this.state;
    if (!error) return children;
    return title === undefined ? null : <Failed title={title} error={error} />;
  }
}

function Failed({ title, error }: { title: string; error: Error }) {
  const { app } = useTexts();
  return (
    <Card title={title}>
      <Note tone="warning">
        {app.brokenPart} <LongText>{error.message}</LongText>
      </Note>
    </Card>
  );
}

// REST, of the gateway and of the simulator: JSON, and errors in Prometheus' envelope.

import { json } from '../model/json';

/**
 * Where something of the gateway's is: beside the page. A proxy may serve it below any path; the page does not know which.
 */
export function addressOf(path: string): URL {
  return new URL(path, document.baseURI);
}

const PATIENCE_MS = 10_000;

/** An answer that is not the one hoped for. Its message is for developers; `explain` has words for people. */
export class AnswerError extends Error {
  override name = 'AnswerError';

  constructor(
    /** The HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    /** What was answered, if it was JSON. */
    readonly body?: unknown,
  ) {
    super(message);
  }

  /** The same question will have the same answer. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500;
  }
}

/** Asks for JSON, and reads it: another server may answer at that address, with what it likes. */
export async function askFor<Shape>(
  read: (answer: unknown) => Shape | undefined,
  url: string,
  request: RequestInit = {},
): Promise<Shape> {
  const answer = read(await ask(url, request));
  if (answer === undefined) throw new AnswerError(200, 'not the answer that was asked for');
  return answer;
}

/** Asks for JSON, whatever it says. */
export async function ask(url: string, request: RequestInit = {}): Promise<unknown> {
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(request.signal ? [request.signal] : [])]);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { ...request, signal });
    text = await answer.text();
  } catch (error) {
    throw new AnswerError(0, error instanceof Error ? error.message : String(error));
  }
  const body = json(text);
  if (!answer.ok) throw new AnswerError(answer.status, `${answer.status} ${answer.statusText}`, body);
  if (body === undefined) throw new AnswerError(answer.status, 'not JSON');
  return body;
}

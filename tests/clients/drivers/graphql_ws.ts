// graphql-ws: every operation over one WebSocket.

import type {Sink} from 'graphql-ws';
import {
  socketTo, textOf, told, type Answer, type Client, type Operation, type Settings, type Told,
} from './client.ts';

export function connect(settings: Settings): Client {
  const client = socketTo(settings);
  function subscribe(operation: Operation, tell: (event: Answer | 'complete') => void): () => void {
    const sink: Sink<any> = {
      next: ({data, errors}) => tell(errors ? {data, errors: told(errors)} : {data}),
      error: error => tell({errors: refused(error)}),
      complete: () => tell('complete'),
    };
    return client.subscribe({query: textOf(operation), variables: operation.variables}, sink);
  }
  return {
    subscribe,
    ask: operation => new Promise((resolve, reject) => {
      subscribe(operation, event => event === 'complete' ? reject(new Error('no answer')) : resolve(event));
    }),
  };
}

/** The errors of an operation, or the code with which the socket was closed. */
function refused(error: unknown): Told[] {
  if (Array.isArray(error)) return told(error);
  const {code, reason} = error as CloseEvent;
  return [{message: reason ?? String(error), status: code}];
}

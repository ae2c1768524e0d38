// graphql-sse: every operation by server-sent events, a connection each.

import {createClient, NetworkError} from 'graphql-sse';
import {
  bearer, fetch, textOf, told, type Answer, type Client, type Operation, type Settings, type Told,
} from './client.ts';

export function connect(settings: Settings): Client {
  const token = bearer(settings);
  const client = createClient({
    url: settings.url,
    fetchFn: fetch,
    headers: () => ({authorization: token()}),
    retryAttempts: 3,
    retry: async () => {},
  });
  function subscribe(operation: Operation, tell: (event: Answer | 'complete') => void): () => void {
    return client.subscribe<any>({query: textOf(operation), variables: operation.variables}, {
      next: ({data, errors}) => tell(errors ? {data, errors: told(errors)} : {data}),
      error: error => tell({errors: refused(error)}),
      complete: () => tell('complete'),
    });
  }
  return {
    subscribe,
    ask: operation => new Promise((resolve, reject) => {
      subscribe(operation, event => event === 'complete' ? reject(new Error('no answer')) : resolve(event));
    }),
  };
}

function refused(error: unknown): Told[] {
  if (Array.isArray(error)) return told(error);
  if (error instanceof NetworkError) return [{message: error.message, status: error.response?.status}];
  return [{message: String(error)}];
}

// urql, with subscriptions over graphql-ws or by its own fetch exchange over server-sent events.

import {
  cacheExchange, Client as UrqlClient, fetchExchange, subscriptionExchange,
  type CombinedError, type Exchange, type OperationResult,
} from '@urql/core';
import {persistedExchange} from '@urql/exchange-persisted';
import {
  bearer, documentOf, fetch, kindOf, socketTo, told, trustedHash, type Answer, type Client, type Settings,
} from './client.ts';

export function connect(settings: Settings): Client {
  const token = bearer(settings);
  const client = new UrqlClient({
    url: settings.url,
    fetch,
    fetchOptions: () => ({headers: {authorization: token()}}),
    fetchSubscriptions: settings.subscriptions === 'sse',
    preferGetMethod: false,
    requestPolicy: 'network-only',
    exchanges: [cacheExchange, ...persisted(settings), ...overWebSocket(settings), fetchExchange],
  });
  return {
    async ask(operation) {
      const {variables} = operation;
      const document = documentOf(operation);
      const result = kindOf(operation) === 'mutation'
        ? await client.mutation(document, variables)
        : await client.query(document, variables);
      return answer(result);
    },
    subscribe(operation, tell) {
      const {unsubscribe} = client
        .subscription(documentOf(operation), operation.variables)
        .subscribe(result => tell(answer(result)));
      return unsubscribe;
    },
  };
}

function persisted({documents}: Settings): Exchange[] {
  if (documents === 'whole') return [];
  if (documents === 'automatic') return [persistedExchange({enableForMutation: true})];
  return [persistedExchange({
    enableForMutation: true,
    enableForSubscriptions: true,
    enforcePersistedQueries: true,
    generateHash: async (_, document) => trustedHash(document),
  })];
}

function overWebSocket(settings: Settings): Exchange[] {
  if (settings.subscriptions !== 'websocket') return [];
  const socket = socketTo(settings);
  return [subscriptionExchange({
    forwardSubscription: request => ({
      subscribe: sink => ({unsubscribe: socket.subscribe({...request, query: request.query ?? ''}, sink)}),
    }),
  })];
}

function answer({data, error}: OperationResult): Answer {
  return error ? {data, errors: refused(error)} : {data};
}

function refused({graphQLErrors, networkError, response}: CombinedError) {
  if (graphQLErrors.length > 0) return told(graphQLErrors);
  return [{message: String(networkError), status: response?.status}];
}

// Apollo Client.

import {ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError} from '@apollo/client';
import {PersistedQueryLink} from '@apollo/client/link/persisted-queries';
import {GraphQLWsLink} from '@apollo/client/link/subscriptions';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {buildSchema, isAbstractType, print, type DocumentNode} from 'graphql';
import {
  bearer, documentOf, fetch, kindOf, socketTo, told, trustedHash, type Answer, type Client, type Settings,
} from './client.ts';

const sha256 = (document: DocumentNode) => createHash('sha256').update(print(document)).digest('hex');

// Apollo's cache has to be told which types a fragment on an interface or a union reads.
const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map(type => [type.name, schema.getPossibleTypes(type).map(({name}) => name)]),
);

export function connect(settings: Settings): Client {
  const token = bearer(settings);
  const http = ApolloLink.from([
    ...persisted(settings),
    new HttpLink({uri: settings.url, fetch, headers: {authorization: token()}}),
  ]);
  const client = new ApolloClient({
    cache: new InMemoryCache({possibleTypes}),
    link: ApolloLink.split(
      ({operationType}) => String(operationType) === 'subscription', new GraphQLWsLink(socketTo(settings)), http,
    ),
    defaultOptions: {query: {fetchPolicy: 'network-only'}},
  });
  return {
    async ask(operation) {
      const {variables} = operation;
      const document = documentOf(operation);
      try {
        const {data} = kindOf(operation) === 'mutation'
          ? await client.mutate({mutation: document, variables})
          : await client.query({query: document, variables});
        return {data};
      } catch (error) {
        return refused(error);
      }
    },
    subscribe(operation, tell) {
      const {variables} = operation;
      const events = client.subscribe({query: documentOf(operation), variables}).subscribe({
        next: ({data, error}) => tell(error ? refused(error) : {data}),
        complete: () => tell('complete'),
      });
      return () => events.unsubscribe();
    },
  };
}

function persisted({documents}: Settings): ApolloLink[] {
  if (documents === 'whole') return [];
  const generateHash = documents === 'trusted' ? trustedHash : sha256;
  return [new PersistedQueryLink({generateHash})];
}

function refused(error: unknown): Answer {
  if (CombinedGraphQLErrors.is(error)) return {errors: told(error.errors)};
  if (ServerError.is(error)) return {errors: [{message: error.message, status: error.statusCode}]};
  return {errors: [{message: String(error)}]};
}

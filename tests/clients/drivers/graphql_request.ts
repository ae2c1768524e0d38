// graphql-request: queries and mutations, and no more.

import {ClientError, GraphQLClient} from 'graphql-request';
import {bearer, documentOf, fetch, told, type Client, type Settings} from './client.ts';

export function connect(settings: Settings): Client {
  const token = bearer(settings);
  const client = new GraphQLClient(settings.url, {fetch, headers: () => ({authorization: token()})});
  return {
    async ask(operation) {
      try {
        return {data: await client.request(documentOf(operation), operation.variables)};
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        const {errors, status} = error.response;
        return {errors: told(errors ?? []).map(each => ({...each, status}))};
      }
    },
  };
}

// What the tests ask of every client, and how they find it.

import {parse, print, type DocumentNode} from 'graphql';
import {createClient, type Client as Socket} from 'graphql-ws';
import * as generated from '../generated/graphql.ts';

/** Where to connect, as whom, and how. */
export interface Settings {
  url: string;
  /** One for each connection; the last for all that follow. */
  tokens: string[];
  subscriptions: 'websocket' | 'sse';
  /** How documents are sent: whole, by their hash first (automatic), or by their hash alone (trusted). */
  documents: 'whole' | 'automatic' | 'trusted';
}

/** A document: by its name among our operations, or as text. */
export interface Operation {
  document: string;
  variables: Record<string, unknown>;
}

/** An error, in the words in which the client shows it. */
export interface Told {
  message: string;
  code?: unknown;
  status?: unknown;
}

export interface Answer {
  data?: unknown;
  errors?: Told[];
}

export interface Client {
  ask(operation: Operation): Promise<Answer>;
  /** Tells each event, in order; answers how to end it. */
  subscribe?(operation: Operation, tell: (event: Answer | 'complete') => void): () => void;
}

export function documentOf({document}: Operation): DocumentNode {
  const documents = generated as unknown as Record<string, DocumentNode>;
  return documents[`${document}Document`] ?? parse(document, {noLocation: true});
}

export function textOf(operation: Operation): string {
  return print(documentOf(operation));
}

export function kindOf(operation: Operation): 'query' | 'mutation' | 'subscription' {
  const [first] = documentOf(operation).definitions.filter(each => each.kind === 'OperationDefinition');
  return first!.operation;
}

/** The hash under which the build listed the document. */
export function trustedHash(document: DocumentNode): string {
  return (document as DocumentNode & {__meta__: {hash: string}}).__meta__.hash;
}

/** Hands out the tokens one by one; the last again and again. */
export function bearer(settings: Settings): () => string {
  let next = 0;
  return () => `Bearer ${settings.tokens[Math.min(next++, settings.tokens.length - 1)]}`;
}

/** The errors of a GraphQL answer. */
export function told(errors: readonly {message: string; extensions?: Record<string, unknown>}[]): Told[] {
  return errors.map(({message, extensions}) => ({message, code: extensions?.code}));
}

/** What was sent by HTTP since it was last read: the method, and the parameters of GraphQL over HTTP. */
export const sent: {method: string; parameters: unknown}[] = [];

export const fetch: typeof globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const method = init?.method ?? 'GET';
  const parameters = method === 'GET' ? Object.fromEntries(url.searchParams) : JSON.parse(String(init?.body));
  sent.push({method, parameters});
  return globalThis.fetch(input, init);
};

/** A WebSocket that connects anew, at once, a few times: with the next token. */
export function socketTo(settings: Settings): Socket {
  const token = bearer(settings);
  return createClient({
    url: settings.url.replace(/^http/, 'ws'),
    connectionParams: () => ({authorization: token()}),
    retryAttempts: 3,
    retryWait: async () => {},
  });
}

// How the page asks the service: as one person, over HTTP, and over one socket for what happens live.
import { authExchange } from "@urql/exchange-auth";
import { createClient as createSocket } from "graphql-ws";
import { cacheExchange, Client, fetchExchange, subscriptionExchange, type CombinedError } from "urql";

import type { Session } from "./session";

export type LineState = "connecting" | "open" | "lost";

/** The socket, as people are told of it. */
export interface Line {
  state: () => LineState;
  onChange: (tell: () => void) => () => void;
}

export interface Service {
  client: Client;
  line: Line;
  /** Ends the socket; the service is not used any more. */
  hangUp: () => void;
}

/**
 * `renew` has the person sign in again; until they did, everything that is asked waits, and is lost nowhere.
 * It is told why the service did not let them in, if it said so.
 */
export function serviceFor(first: Session, renew: (why: string | null) => Promise<Session>): Service {
  let session = first;
  let why: string | null = null;
  const isOver = () => Date.now() >= session.expiresAt;
  const signInAgain = async () => {
    session = await renew(isOver() ? null : why);
  };
  const authorization = () => ({ Authorization: `Bearer ${session.token}` });

  const line = new OneLine();
  const socket = createSocket({
    // Before the socket is opened, since an open one waits but a few seconds to be told who is there.
    url: async () => {
      if (isOver()) await signInAgain();
      return new URL("/graphql", window.location.href.replace(/^http/, "ws")).href;
    },
    connectionParams: authorization,
    // It heals by itself, however long it takes. A silent line is as lost as a closed one.
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait: (retries) => new Promise((done) => setTimeout(done, Math.min(8000, 250 * 2 ** retries))),
    keepAlive: 10_000,
    on: {
      connected: () => line.becomes("open"),
      closed: (event) => {
        line.becomes("lost");
        if (isRefusal(event)) session = { ...session, expiresAt: 0 };
      },
    },
  });

  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      authExchange((utilities) =>
        Promise.resolve({
          addAuthToOperation: (operation) => utilities.appendHeaders(operation, authorization()),
          willAuthError: isOver,
          didAuthError: (error) => (why = whyUnauthenticated(error)) !== null,
          refreshAuth: signInAgain,
        }),
      ),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink),
          }),
        }),
      }),
    ],
  });
  return { client, line, hangUp: () => void socket.dispose() };
}

/** Why nobody is known by the token of a request, or nobody any more. Null: it was answered, or failed otherwise. */
function whyUnauthenticated(error: CombinedError): string | null {
  return error.graphQLErrors.find(({ extensions }) => extensions["code"] === "UNAUTHENTICATED")?.message ?? null;
}

function isRefusal(event: unknown): boolean {
  return event instanceof CloseEvent && event.code === 4403;
}

class OneLine implements Line {
  private now: LineState = "connecting";
  private readonly listeners = new Set<() => void>();

  state = () => this.now;

  onChange = (tell: () => void) => {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  };

  becomes(state: LineState): void {
    this.now = state;
    for (const tell of this.listeners) tell();
  }
}

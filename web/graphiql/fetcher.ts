// How the page asks our endpoint.
import { createGraphiQLFetcher, type Fetcher, type FetcherParams, type FetcherOpts } from "@graphiql/toolkit";
import { GraphQLError, type ExecutionResult } from "graphql";

const NO_TOKEN =
  "No token yet. Open one of the links that `make run` prints, or paste a token into Headers, below the query.";

/** GraphiQL fetches the schema anew for each fetcher it is given: one per token, so it follows the token. */
export function fetcherFor(token: string | null): Fetcher {
  const ask = createGraphiQLFetcher({ url: "/graphql", enableIncrementalDelivery: false });

  // The schema is asked for before the headers editor exists; the token is then known only here.
  async function askSchema(params: FetcherParams, options?: FetcherOpts): Promise<ExecutionResult> {
    if (!token) return { data: null, errors: [new GraphQLError(NO_TOKEN)] };
    const answer = await ask(params, options?.headers ? options : { headers: { Authorization: `Bearer ${token}` } });
    // With `data` absent, as in a refusal, GraphiQL would ask a second time.
    return { data: null, ...(answer as object) };
  }

  return (params, options) =>
    params.operationName === "IntrospectionQuery" ? askSchema(params, options) : ask(wellNamed(params), options);
}

/** Just after a change of tabs, GraphiQL still names the operation of the tab before. */
function wellNamed({ operationName, ...params }: FetcherParams): FetcherParams {
  const named = new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(params.query);
  return named ? { ...params, operationName } : params;
}

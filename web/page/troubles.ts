// What an error of the service reads like.
import type { CombinedError } from "urql";

export interface Told {
  message: string;
  details: string[];
}

export function troubleOf(error: CombinedError): Told {
  const [first] = error.graphQLErrors;
  if (!first) return { message: "ERP Link cannot be reached.", details: ["Is the network there?"] };
  const { retryAfterSeconds, requestId } = first.extensions as { retryAfterSeconds?: number; requestId?: string };
  const details = [];
  if (retryAfterSeconds) details.push(`Try again in ${Math.ceil(retryAfterSeconds)} s.`);
  if (requestId) details.push(`For support: request ${requestId}.`);
  return { message: first.message, details };
}

// The token: out of the address, into the text of the headers editor, and found there again.

export const PLACEHOLDER = "PASTE-A-TOKEN-HERE";

const fragment = () => new URLSearchParams(window.location.hash.slice(1));

export function holdsToken(): boolean {
  return fragment().has("token");
}

/** The token of `#token=...`, which is removed from the address bar at once. Fragments never reach a server. */
export function takeToken(): string | null {
  const token = fragment().get("token");
  if (token !== null) {
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  return token || null;
}

export function headersWith(token: string | null): string {
  return JSON.stringify({ Authorization: `Bearer ${token ?? PLACEHOLDER}` }, null, 2);
}

/** Reads loosely, since the text may be half typed or carry comments. */
export function tokenIn(headers: string): string | null {
  const found = /"authorization"\s*:\s*"Bearer\s+([^"\s]+)\s*"/i.exec(headers)?.[1];
  return found && found !== PLACEHOLDER ? found : null;
}

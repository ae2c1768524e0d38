// Who is signed in, and how one signs in. What fails is an Error whose message may be shown as it is.
// A token lives in the memory of the page alone, so that a reload asks anew who is there.

export interface DemoPerson {
  id: string;
  name: string;
  may: string; // what they may do, the end of a sentence about them
}

export interface Issuer {
  issuer: string;
  clientId: string;
  name: string;
  audience: string;
  scope: string;
  parameters: Record<string, string>;
}

export type SignIn =
  { kind: "demo"; people: DemoPerson[] } | { kind: "oidc"; issuers: Issuer[] } | { kind: "none" };

export interface Session {
  token: string;
  name: string;
  expiresAt: number; // ms since 1970, by the clock of this machine, however wrong that is
}

export class SignInFailed extends Error {}

export async function signInOptions(): Promise<SignIn> {
  return ask<SignIn>("/sign-in.json");
}

export async function signInAs(person: DemoPerson): Promise<Session> {
  const { token, name, expiresIn } = await ask<{ token: string; name: string; expiresIn: number }>("/sign-in/demo", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ person: person.id }),
  });
  return { token, name, expiresAt: inSeconds(expiresIn) };
}

// Leaves for the issuer's page; it comes back to `finishOidc`. Rejects when the issuer cannot be asked.
export async function startOidc(issuer: Issuer): Promise<never> {
  return (await import("./oidc")).start(issuer);
}

// Call it before reading the address: it puts back the one that the person was at.
// Null when nobody is just coming back from an issuer.
export async function finishOidc(): Promise<Session | null> {
  // Demo people never load what only issuers need.
  const underWay = sessionStorage.getItem(UNDER_WAY);
  return underWay === null ? null : (await import("./oidc")).finish(underWay);
}

export const inSeconds = (seconds: number): number => Date.now() + seconds * 1000;

// What is kept through the redirect, in the session storage: never a token.
export const UNDER_WAY = "erp-link.sign-in";

interface Refusal {
  errors?: { message: string }[];
}

async function ask<Answer>(path: string, request?: RequestInit): Promise<Answer> {
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new SignInFailed("ERP Link cannot be reached.");
  }
  const answer = (await response.json().catch(() => null)) as (Answer & Refusal) | null;
  if (response.ok && answer !== null) return answer;
  throw new SignInFailed(answer?.errors?.[0]?.message ?? `ERP Link answered ${response.status}.`);
}

// Signing in at an OIDC issuer: the authorization code flow with PKCE, as a public client (RFC 9700, 2.1).
import * as oauth from "oauth4webapi";
import { inSeconds, SignInFailed, UNDER_WAY, type Issuer, type Session } from "./session";

// What has to be remembered until the issuer sends the person back.
interface UnderWay {
  issuer: Issuer;
  verifier: string;
  state: string;
  nonce: string;
  address: string;
}

// The address that is registered at the issuer for the page.
const redirectUri = (): string => `${location.origin}/`;

export async function start(issuer: Issuer): Promise<never> {
  const server = await told(issuer, () => discover(issuer));
  if (!server.authorization_endpoint) throw new SignInFailed(`${issuer.name} names no page to sign in at.`);
  const underWay: UnderWay = {
    issuer,
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    address: location.pathname + location.search + location.hash,
  };
  const page = new URL(server.authorization_endpoint);
  const asked = {
    ...issuer.parameters,
    client_id: issuer.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: issuer.scope,
    state: underWay.state,
    nonce: underWay.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(underWay.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) page.searchParams.set(name, value);
  sessionStorage.setItem(UNDER_WAY, JSON.stringify(underWay));
  location.assign(page);
  return new Promise<never>(() => undefined);
}

export async function finish(kept: string): Promise<Session | null> {
  const underWay = JSON.parse(kept) as UnderWay;
  sessionStorage.removeItem(UNDER_WAY);
  const back = new URL(location.href);
  // Someone who came back by the button has no answer with them, and is where they were.
  if (!back.searchParams.has("code") && !back.searchParams.has("error")) return null;
  // At once: a reload must not hand in the same code again, nor leave it in the history.
  history.replaceState(null, "", underWay.address);
  return told(underWay.issuer, () => redeem(underWay, back));
}

async function redeem({ issuer, verifier, state, nonce }: UnderWay, back: URL): Promise<Session> {
  const server = await discover(issuer);
  const client: oauth.Client = { client_id: issuer.clientId, [oauth.clockTolerance]: 30 };
  const code = oauth.validateAuthResponse(server, client, back, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), code, redirectUri(), verifier,
    { ...transport(issuer), additionalParameters: issuer.parameters },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  return session(issuer, tokens);
}

// The service takes the token that is made out to it: the ID token where the page itself is the
// audience, else the access token.
function session(issuer: Issuer, tokens: oauth.TokenEndpointResponse): Session {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (!claims || !tokens.id_token) throw new SignInFailed(`${issuer.name} does not say who you are.`);
  const name = [claims["name"], claims["preferred_username"], claims["email"]].find(isText) ?? claims.sub;
  const lasts = claims.exp - claims.iat;
  if (issuer.audience === issuer.clientId) return { token: tokens.id_token, name, expiresAt: inSeconds(lasts) };
  return { token: tokens.access_token, name, expiresAt: inSeconds(tokens.expires_in ?? lasts) };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

async function discover(issuer: Issuer): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer.issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, transport(issuer)));
}

// The settings allow http to the very machine alone, to try it out.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only that nobody takes it lightly
const transport = (issuer: Issuer) => ({ [oauth.allowInsecureRequests]: issuer.issuer.startsWith("http:") });

// Whatever goes wrong, in a sentence. No code and no token stands in any of these errors.
async function told<Answer>({ name }: Issuer, step: () => Promise<Answer>): Promise<Answer> {
  try {
    return await step();
  } catch (problem) {
    if (problem instanceof SignInFailed) throw problem;
    if (problem instanceof oauth.AuthorizationResponseError || problem instanceof oauth.ResponseBodyError)
      throw new SignInFailed(`${name} did not sign you in: ${problem.error_description ?? problem.error}`);
    if (problem instanceof TypeError) throw new SignInFailed(`${name} cannot be reached.`);
    throw new SignInFailed(`The answer of ${name} is not to be trusted: ${(problem as Error).message}`);
  }
}

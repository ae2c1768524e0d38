// A certified OpenID Provider (npm: oidc-provider) on loopback, with one client: the page.
//   node main.mjs <port> <page's origin>
// Who signs in is whoever the form names, as no password is of interest here.
import { createServer } from "node:http";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const HOUR = 3600;
const [port, page] = process.argv.slice(2);
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "erp-link-page",
      client_name: "ERP Link",
      token_endpoint_auth_method: "none",
      redirect_uris: [`${page}/`],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: [{ ...key, kid: "1", use: "sig", alg: "RS256" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  claims: { openid: ["sub"], profile: ["name"] },
  conformIdTokenClaims: false,
  clientBasedCORS: (_context, origin) => origin === page,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} of the issuer` }),
  }),
  ttl: { Session: HOUR, Grant: HOUR, Interaction: HOUR, IdToken: HOUR },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        audience: resource,
        scope: "invoices",
        accessTokenFormat: "jwt",
        accessTokenTTL: HOUR,
      }),
    },
  },
});

const FORM = `<!doctype html>
<html lang="en">
<title>Sign in at the issuer</title>
<link rel="icon" href="data:,">
<form method="post">
<label>Name <input name="name"></label>
<button name="answer" value="yes">Sign in</button>
<button name="answer" value="no">Cancel</button>
</form>
</html>`;

const form = (request) =>
  new Promise((resolve) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk)).on("end", () => resolve(new URLSearchParams(body)));
  });

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "consent") {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope("openid profile");
    if (params.resource) grant.addResourceScope(params.resource, "invoices");
    return { consent: { grantId: await grant.save() } };
  }
  if (request.method !== "POST") return null;
  const told = await form(request);
  if (told.get("answer") === "no")
    return { error: "access_denied", error_description: "The person did not sign in." };
  return { login: { accountId: told.get("name") } };
}

const others = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return others(request, response);
  const answer = await interact(request, response);
  if (answer) return provider.interactionFinished(request, response, answer);
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.end(FORM);
}).listen(Number(port), "127.0.0.1");

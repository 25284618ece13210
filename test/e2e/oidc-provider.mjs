// A real OpenID Connect provider for the end-to-end tests, on loopback. Who signs in as NAME with
// any password is NAME@example.org, in the groups that PEOPLE names.
//
//   node oidc-provider.mjs PORT REDIRECT_URI POST_LOGOUT_URI PEOPLE
//
// PEOPLE is JSON: {"mara": ["platform"], "noor": ["retail-ops"]}. The packages are looked up in the
// folder that NODE_MODULES names.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, redirectURI, postLogoutURI, peopleJSON] = process.argv.slice(2);
const people = JSON.parse(peopleJSON);
const require = createRequire(pathToFileURL(process.env.NODE_MODULES + "/"));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "causeway",
    client_secret: "e2e-client-secret",
    redirect_uris: [redirectURI],
    post_logout_redirect_uris: [postLogoutURI],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  }],
  // The groups travel in the id_token itself, as most companies' providers send them.
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups", "offline_access"],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (_, id) => people[id] && {
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.org`, email_verified: true, groups: people[id] }),
  },
  cookies: { keys: ["only for tests on loopback"] },
  ttl: { Session: 3600, Grant: 3600, Interaction: 3600, AccessToken: 3600, IdToken: 3600 },
});
provider.listen(Number(port), "127.0.0.1");

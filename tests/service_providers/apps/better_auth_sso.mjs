// Better Auth with its SCIM and SSO plugins in one app: whom SCIM has made is whom SAML and OpenID Connect sign in, by
// userName, and a leaver's sessions end. Who is unknown is created at the first sign-in, and SCIM takes that one over.
// Read from stdin by node, so that packages resolve from the working directory.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { scim } from "@better-auth/scim";
import { sso } from "@better-auth/sso";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";

const port = Number(process.env.SP_PORT), base = `http://127.0.0.1:${port}`;
const connections = JSON.parse(readFileSync(process.env.SP_CONNECTIONS));

const samlConfig = (name, connection) => {
    const key = readFileSync(connection.key, "utf8");
    return {
        issuer: `${base}/${name}/metadata`,
        callbackUrl: `${base}/${name}/me`,
        idpMetadata: { metadata: readFileSync(connection.metadata, "utf8").replace(/^\uFEFF/, "") },
        spMetadata: { privateKey: key, encPrivateKey: key, isAssertionEncrypted: connection.encrypted },
        authnRequestsSigned: connection.signs_requests,
        wantAssertionsSigned: connection.signed !== "response",
        identifierFormat: connection.name_id_format,
        mapping: { email: connection.email_attribute ?? "email", firstName: "firstName", lastName: "lastName" },
    };
};
const oidcConfig = (connection) => ({
    issuer: connection.issuer,
    discoveryEndpoint: `${connection.issuer}/.well-known/openid-configuration`,
    clientId: connection.client_id,
    clientSecret: connection.client_secret,
    tokenEndpointAuthentication: `client_secret_${connection.client_auth}`,
    scopes: connection.scope.split(" "),
    mapping: connection.email_attribute ? { email: connection.email_attribute } : undefined,
    pkce: true,
});
const defaultSSO = Object.entries(connections).map(([name, connection]) => ({
    domain: "example.com",
    providerId: name,
    ...(connection.protocol === "saml" ? { samlConfig: samlConfig(name, connection) } : { oidcConfig: oidcConfig(connection) }),
}));

const provisioned = (database, email) =>
    database.findOne({ model: "scimUser", where: [{ field: "userNameKey", value: email.toLowerCase() }] })
        .then((found) => found ?? database.findOne({ model: "scimUser", where: [{ field: "userName", value: email }] }));

const options = {
    baseURL: base,
    secret: "a secret of at least 32 characters, for tests only",
    telemetry: { enabled: false },
    trustedOrigins: [base, ...Object.values(connections).map((each) => each.idp)],
    rateLimit: { enabled: false },
    onAPIError: { errorURL: `${base}/refused` },
    plugins: [
        scim({
            connections: [{ id: "idp", credentials: [{ type: "bearer", id: "idp-1", token: process.env.SP_TOKEN }] }],
            compatibility: { microsoftEntra: { acceptLegacyGroupSchema: true } },
            identity: {
                resolveUser: async ({ resource }, { database }) => {
                    const email = resource.userName.toLowerCase();
                    const user = await database.findOne({ model: "user", where: [{ field: "email", value: email }] });
                    return user ? { action: "link", userId: user.id, profile: "manage" } : { action: "create" };
                },
                reconcileUser: async ({ userId, active }, { database }) => {
                    if (!active) await database.deleteMany({ model: "session", where: [{ field: "userId", value: userId }] });
                },
            },
        }),
        sso({
            defaultSSO,
            saml: { enableSingleLogout: true, allowIdpInitiated: true, wantLogoutResponseSigned: true },
            resolveUser: async ({ providerUser }, { database }) => {
                const found = await provisioned(database, providerUser.email);
                if (!found) return { action: "continue" };
                if (!found.active) return { action: "reject", code: "deprovisioned", message: "this account is not active" };
                return { action: "link", userId: found.userId, profile: "preserve" };
            },
        }),
    ],
};
const tables = Object.fromEntries(Object.values(getAuthTables(options)).map((table) => [table.modelName, []]));
const auth = betterAuth({ ...options, database: memoryAdapter(tables) });
const handler = toNodeHandler(auth);

// What a front end of this app would do: call the API, and go where it says.
const call = async (request, response, path, body) => {
    const headers = fromNodeHeaders(request.headers);
    for (const name of ["content-length", "connection", "transfer-encoding"]) headers.delete(name);
    headers.set("content-type", "application/json");
    headers.set("origin", base);
    const answer = await auth.handler(new Request(`${base}/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
    const text = await answer.text();
    const to = answer.headers.get("location") ?? (text && JSON.parse(text).url);
    response.writeHead(to ? 303 : answer.status, {
        "Set-Cookie": answer.headers.getSetCookie(), "Content-Type": "application/json", ...(to && { Location: to }),
    }).end(to ? "" : text);
};
const json = (response, status, value) =>
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));

createServer(async (request, response) => {
    const url = new URL(request.url, base);
    const [, name, what] = url.pathname.split("/");
    if (name === "api") return handler(request, response);
    if (name === "refused" || url.searchParams.has("error"))
        return json(response, 403, { refused: url.searchParams.get("error"), why: url.searchParams.get("error_description") });
    if (!connections[name]) return json(response, name ? 404 : 200, {});
    switch (what) {
        case "login":
            return call(request, response, "/sign-in/sso",
                { providerId: name, callbackURL: `${base}/${name}/me`, errorCallbackURL: `${base}/refused` });
        case "logout":
            return connections[name].protocol === "saml"
                ? call(request, response, `/sso/saml2/logout/${name}`, { callbackURL: `${base}/${name}/me` })
                : call(request, response, "/sign-out", {});
        case "metadata":
            return response.writeHead(303, { Location: `/api/auth/sso/saml2/sp/metadata?providerId=${name}` }).end();
        case "me": {
            const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
            return found
                ? json(response, 200, { user: found.user.email, id: found.user.id, name: found.user.name })
                : json(response, 401, { refused: "nobody is signed in" });
        }
        default:
            return json(response, 404, {});
    }
}).listen(port, "127.0.0.1");

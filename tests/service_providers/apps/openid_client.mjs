// openid-client in plain node http: authorization code with PKCE, state and nonce, userinfo, refresh, logout.
// Discovery is done anew at each sign-in, keys are fetched as openid-client does by itself.
// Read from stdin by node, so that packages resolve from the working directory.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as client from "openid-client";

const port = Number(process.env.SP_PORT);
const connections = JSON.parse(readFileSync(process.env.SP_CONNECTIONS));
const configurations = new Map(), started = new Map(), sessions = new Map();

const discovered = async (name, anew = false) => {
    if (anew || !configurations.has(name)) {
        const { issuer, client_id: id, client_secret: secret, client_auth: auth } = connections[name];
        const how = { none: client.None(), basic: client.ClientSecretBasic(secret) }[auth] ?? client.ClientSecretPost(secret);
        const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
        configurations.set(name, await client.discovery(new URL(issuer), id, { client_id: id }, how, { execute }));
    }
    return configurations.get(name);
};

const routes = {
    "GET login": async ({ name, query }) => {
        const configuration = await discovered(name, !configurations.has(name));
        const verifier = client.randomPKCECodeVerifier(), state = client.randomState(), nonce = client.randomNonce();
        const session = randomUUID();
        started.set(session, { verifier, state, nonce });
        const to = client.buildAuthorizationUrl(configuration, {
            redirect_uri: `http://127.0.0.1:${port}/${name}/callback`,
            scope: connections[name].scope,
            code_challenge: await client.calculatePKCECodeChallenge(verifier),
            code_challenge_method: "S256",
            state,
            nonce,
            ...Object.fromEntries(query),
        });
        return { to: to.href, session };
    },
    "GET callback": async ({ name, url, session }) => {
        const { verifier, state, nonce } = started.get(session) ?? {};
        started.delete(session);
        if (!verifier) throw new Error("no sign-in has begun in this browser");
        const configuration = await discovered(name);
        const tokens = await client.authorizationCodeGrant(configuration, url, {
            pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
        });
        const claims = tokens.claims();
        const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
        sessions.set(`${name} ${session}`, { tokens, claims, userinfo });
        return { to: `/${name}/me` };
    },
    "GET me": async ({ name, session }) => {
        const found = sessions.get(`${name} ${session}`);
        if (!found) return { status: 401, json: { refused: "nobody is signed in" } };
        const { claims, userinfo, tokens, refreshed = 0 } = found;
        const { access_token: _a, id_token: _i, refresh_token: refresh, ...answer } = tokens;
        return { json: { user: claims.sub, claims, userinfo, answer, refreshable: Boolean(refresh), refreshed } };
    },
    "GET refresh": async ({ name, session }) => {
        const found = sessions.get(`${name} ${session}`), configuration = await discovered(name);
        const tokens = await client.refreshTokenGrant(configuration, found.tokens.refresh_token);
        const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, found.claims.sub);
        const refresh_token = tokens.refresh_token ?? found.tokens.refresh_token;
        const id_token = tokens.id_token ?? found.tokens.id_token;
        const refreshed = (found.refreshed ?? 0) + 1;
        sessions.set(`${name} ${session}`,
            { ...found, tokens: { ...tokens, refresh_token, id_token }, userinfo, refreshed });
        return { to: `/${name}/me` };
    },
    "GET client": async ({ name, query }) => {
        const { access_token: _a, ...answer } =
            await client.clientCredentialsGrant(await discovered(name), { scope: query.get("scope") });
        return { json: { answer } };
    },
    "GET logout": async ({ name, session }) => {
        const found = sessions.get(`${name} ${session}`);
        sessions.delete(`${name} ${session}`);
        const to = client.buildEndSessionUrl(await discovered(name), {
            post_logout_redirect_uri: `http://127.0.0.1:${port}/${name}/left`,
            id_token_hint: found?.tokens.id_token ?? "",
            state: client.randomState(),
        });
        return { to: to.href };
    },
    "GET left": async () => ({ json: { left: true } }),
};

createServer(async (request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${port}`);
    const [, name, what] = url.pathname.split("/");
    const cookies = new Map((request.headers.cookie ?? "").split("; ").map((each) => each.split(/=(.*)/s)));
    const session = cookies.get(`openid-client-${name}`);
    let answer;
    try {
        const route = connections[name] && routes[`${request.method} ${what}`];
        answer = route
            ? await route({ name, url, session, query: url.searchParams })
            : { status: name ? 404 : 200, json: {} };
    } catch (error) {
        console.error(error);
        const { code, error: word, error_description: why, cause } = error;
        answer = { status: 403, json: { refused: error.message, code, error: word, why, cause: String(cause ?? "") } };
    }
    const cookie = answer.session && `openid-client-${name}=${answer.session}; Path=/; HttpOnly; SameSite=Lax`;
    const head = {
        ...(answer.to && { Location: answer.to }), ...(cookie && { "Set-Cookie": cookie }),
        "Content-Type": "application/json",
    };
    response.writeHead(answer.status ?? (answer.to ? 303 : 200), head).end(answer.to ? "" : JSON.stringify(answer.json));
}).listen(port, "127.0.0.1");

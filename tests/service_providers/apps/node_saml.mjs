// @node-saml/node-saml in plain node http, with InResponseTo checked; the identity provider's metadata file is read at
// each request. node-saml reads no metadata, so its three facts are taken from it here.
// Read from stdin by node, so that packages resolve from the working directory.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { SAML } from "@node-saml/node-saml";
import { DOMParser } from "@xmldom/xmldom";

const port = Number(process.env.SP_PORT);
const connections = JSON.parse(readFileSync(process.env.SP_CONNECTIONS));
// Sessions by connection and cookie, and those that leave, by RelayState: no Lax cookie comes with another site's POST.
const requests = new Map(), sessions = new Map(), leaving = new Map();
const cache = {
    saveAsync: async (key, value) => (requests.set(key, value), { value, createdAt: Date.now() }),
    getAsync: async (key) => requests.get(key) ?? null,
    removeAsync: async (key) => (requests.delete(key) ? key : null),
};

const facts = (path) => {
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    const root = new DOMParser().parseFromString(text, "text/xml").documentElement;
    const idp = root.getElementsByTagNameNS("*", "IDPSSODescriptor")[0];
    const all = (name) => [...Array(idp.getElementsByTagNameNS("*", name).length).keys()]
        .map((n) => idp.getElementsByTagNameNS("*", name)[n]);
    const at = (name, binding) => all(name)
        .find((each) => each.getAttribute("Binding").endsWith(binding))?.getAttribute("Location");
    return {
        issuer: root.getAttribute("entityID"),
        certificates: all("X509Certificate").map((each) => each.textContent.replace(/\s/g, "")),
        sso: (binding) => at("SingleSignOnService", binding),
        slo: at("SingleLogoutService", "HTTP-Redirect") ?? at("SingleLogoutService", "HTTP-POST"),
    };
};

const saml = (name, more = {}) => {
    const connection = connections[name], at = `http://127.0.0.1:${port}/${name}`, idp = facts(connection.metadata);
    const key = readFileSync(connection.key, "utf8");
    return new SAML({
        issuer: `${at}/metadata`,
        callbackUrl: `${at}/acs`,
        logoutCallbackUrl: `${at}/slo`,
        audience: `${at}/metadata`,
        entryPoint: idp.sso(connection.binding === "post" ? "HTTP-POST" : "HTTP-Redirect"),
        logoutUrl: idp.slo,
        idpIssuer: idp.issuer,
        idpCert: idp.certificates,
        identifierFormat: connection.name_id_format,
        privateKey: connection.signs_requests ? key : undefined,
        decryptionPvk: connection.encrypted ? key : undefined,
        signatureAlgorithm: "sha256",
        wantAssertionsSigned: ["assertion", "both"].includes(connection.signed),
        wantAuthnResponseSigned: ["response", "both"].includes(connection.signed),
        // Without this node-saml deflates what it posts, which the POST binding does not do.
        skipRequestCompression: connection.binding === "post",
        authnRequestBinding: connection.binding === "post" ? "HTTP-POST" : "HTTP-Redirect",
        disableRequestedAuthnContext: true,
        validateInResponseTo: connection.stock ? "never" : connection.idp_initiated ? "ifPresent" : "always",
        cacheProvider: cache,
        ...more,
    });
};

const shown = (profile) => {
    const { issuer, nameID, nameIDFormat, sessionIndex, attributes } = profile;
    const lists = Object.entries(attributes ?? {}).map(([name, value]) => [name, [value].flat()]);
    return {
        user: nameID, issuer, name_id_format: nameIDFormat, session_index: sessionIndex,
        attributes: Object.fromEntries(lists),
    };
};

const routes = {
    "GET metadata": async ({ name }) => ({
        type: "application/samlmetadata+xml",
        body: saml(name).generateServiceProviderMetadata(
            connections[name].encrypted ? readFileSync(connections[name].certificate, "utf8") : null,
            readFileSync(connections[name].certificate, "utf8"),
        ),
    }),
    "GET login": async ({ name }) => connections[name].binding === "post"
        ? { type: "text/html", body: await saml(name).getAuthorizeFormAsync("from-here") }
        : { to: await saml(name).getAuthorizeUrlAsync("from-here", undefined, {}) },
    "POST acs": async ({ name, form }) => {
        const { profile, loggedOut } = await saml(name).validatePostResponseAsync(form);
        if (loggedOut || !profile) throw new Error("a Response without anybody in it");
        const session = randomUUID();
        sessions.set(`${name} ${session}`, profile);
        return { to: `/${name}/me`, cookie: `node-saml-${name}=${session}; Path=/; HttpOnly; SameSite=Lax` };
    },
    "GET me": async ({ name, session }) => {
        const profile = sessions.get(`${name} ${session}`);
        return profile ? { json: shown(profile) } : { status: 401, json: { refused: "nobody is signed in" } };
    },
    "GET logout": async ({ name, session }) => {
        const relay = randomUUID();
        leaving.set(relay, `${name} ${session}`);
        return { to: await saml(name).getLogoutUrlAsync(sessions.get(`${name} ${session}`), relay, {}) };
    },
    "GET slo": async ({ name, query, text }) => {
        const { profile, loggedOut } = await saml(name).validateRedirectAsync(Object.fromEntries(query), text);
        if (!loggedOut) throw new Error("nobody has left");
        if (!query.has("SAMLRequest")) {
            sessions.delete(leaving.get(query.get("RelayState")));
            return { json: { left: true } };
        }
        for (const [key, each] of sessions) if (each.nameID === profile.nameID) sessions.delete(key);
        return { to: await saml(name).getLogoutResponseUrlAsync(profile, query.get("RelayState") ?? "", {}, true) };
    },
    "POST slo": async ({ name, form }) => {
        // node-saml finds the InResponseTo of a Response only, never of a LogoutResponse.
        const { loggedOut } = await saml(name, { validateInResponseTo: "never" }).validatePostResponseAsync(form);
        if (!loggedOut) throw new Error("nobody has left");
        sessions.delete(leaving.get(form.RelayState));
        return { json: { left: true } };
    },
};

const read = async (request) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
};

createServer(async (request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${port}`);
    const [, name, what] = url.pathname.split("/");
    const cookies = new Map((request.headers.cookie ?? "").split("; ").map((each) => each.split(/=(.*)/s)));
    const session = cookies.get(`node-saml-${name}`);
    let answer;
    try {
        const route = connections[name] && routes[`${request.method} ${what}`];
        const form = await read(request);
        answer = route
            ? await route({ name, form, session, query: url.searchParams, text: url.search.slice(1) })
            : { status: name ? 404 : 200, json: {} };
    } catch (error) {
        console.error(error);
        answer = { status: 403, json: { refused: String(error.message) } };
    }
    const { to, cookie, json, type = "application/json", body = JSON.stringify(json) } = answer;
    const head = { ...(to && { Location: to }), ...(cookie && { "Set-Cookie": cookie }), "Content-Type": type };
    response.writeHead(answer.status ?? (to ? 303 : 200), head).end(to ? "" : body);
}).listen(port, "127.0.0.1");

// Middleware that puts right what Entra ID and OneLogin write otherwise than RFC 7643 has it, before SCIMMY refuses it.
import express from "express";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
// OneLogin's stock template has its own names for the schemas.
const SCHEMAS = { "urn:scim:schemas:core:2.0": CORE, "urn:scim:schemas:extension:enterprise:2.0": ENTERPRISE };

export function asTheRfcHasIt() {
    const parse = express.json({ type: ["application/scim+json", "application/json"] });
    const rewrite = (request, _response, next) => {
        if (request.body) request.body = { ...renamed(request.body), ...operations(request.body) };
        next();
    };
    return [parse, rewrite];
}

function renamed(body) {
    const named = Object.entries(body).map(([key, value]) => [SCHEMAS[key] ?? key, value]);
    return { ...Object.fromEntries(named), schemas: body.schemas?.map((schema) => SCHEMAS[schema] ?? schema) };
}

function operations({ Operations: sent }) {
    return Array.isArray(sent) ? { Operations: sent.map(asSent) } : {};
}

/** An operation of Entra's: `active` is text there, and a manager is no object. */
function asSent({ op, path, value }) {
    const given = { op, path, value };
    if (path === "active" && typeof value === "string") given.value = value.toLowerCase() === "true";
    if (path === `${ENTERPRISE}:manager` && typeof value === "string") given.value = { value };
    return given;
}

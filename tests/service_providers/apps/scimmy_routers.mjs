// SCIMMY with scimmy-routers as its README and the documentation of its handlers have it: express, a store in memory
// that answers in a later turn of the event loop, as every database does.
// Read from stdin by node, so that packages resolve from the working directory.
import { randomUUID } from "node:crypto";
import { setImmediate as aTurn } from "node:timers/promises";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = process.env.SP_TOKEN;

const egress = (store) => async (resource) => {
    await aTurn();
    if (resource.id) {
        if (!store.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        return store.get(resource.id);
    }
    const all = [...store.values()];
    return resource.filter ? resource.filter.match(all) : all;
};

const ingress = (store, unique) => async (resource, data) => {
    const old = resource.id ? await egress(store)(resource) : undefined;
    const taken = [...store.values()].some((other) => other.id !== resource.id
        && other[unique]?.toLowerCase() === data[unique]?.toLowerCase());
    if (taken) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
    const now = new Date().toISOString();
    const id = resource.id ?? randomUUID();
    await aTurn();
    store.set(id, { ...JSON.parse(JSON.stringify(data)), id, meta: { created: old?.meta.created ?? now, lastModified: now } });
    return store.get(id);
};

const degress = (store) => async (resource) => {
    if (!store.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
};

const users = new Map(), groups = new Map();
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false))
    .ingress(ingress(users, "userName")).egress(egress(users)).degress(degress(users));
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
    .ingress(ingress(groups, "displayName")).egress(egress(groups)).degress(degress(groups));

const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("Authorization not detected!");
        return "idp";
    },
}));
app.listen(Number(process.env.SP_PORT), "127.0.0.1");

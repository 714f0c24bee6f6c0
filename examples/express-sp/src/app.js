// The help desk's web application: SCIM 2.0 by SCIMMY, below /scim/v2.
import { timingSafeEqual } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { asTheRfcHasIt } from "./bodies.js";
import { oneWriteAtATime } from "./one-write-at-a-time.js";
import { openStore } from "./store.js";

/** The application, with its accounts and groups as files in this folder. */
export async function helpdesk({ token, folder }) {
    const users = await openStore(`${folder}/users`), groups = await openStore(`${folder}/groups`);
    declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), users, "userName");
    declare(SCIMMY.Resources.Group, groups, "displayName");

    const app = express();
    app.use("/scim/v2", oneWriteAtATime(), asTheRfcHasIt(), new SCIMMYRouters({
        type: "bearer",
        handler: (request) => {
            if (!same(request.header("Authorization"), `Bearer ${token}`)) throw new Error("The token is missing or wrong");
            return "identity provider";
        },
    }));
    return app;
}

/** Tells SCIMMY how resources of one type are read, written and deleted. */
function declare(type, store, unique) {
    SCIMMY.Resources.declare(type)
        .egress(async ({ id, filter }) => (id ? found(await store.get(id), id) : matching(await store.all(), filter, unique)))
        .ingress(async ({ id }, sent) => {
            const data = JSON.parse(JSON.stringify(sent));
            const taken = (await store.all()).some((other) => other.id !== id && folded(other[unique]) === folded(data[unique]));
            if (taken) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} ${data[unique]} is taken`);
            return store.put(id, data);
        })
        .degress(async ({ id }) => found(await store.delete(id), id));
}

function found(resource, id) {
    if (!resource) throw new SCIMMY.Types.Error(404, null, `There is no resource ${id}`);
    return resource;
}

/** Those whom the filter selects. SCIMMY compares text by its case; userName and displayName have none (RFC 7643). */
function matching(resources, filter, unique) {
    if (!filter) return resources;
    const asked = filter.map((term) => (term[unique] ? { ...term, [unique]: term[unique].map(folded) } : term));
    const kept = new SCIMMY.Types.Filter(asked).match(resources.map((each) => ({ ...each, [unique]: folded(each[unique]) })));
    return resources.filter(({ id }) => kept.some((each) => each.id === id));
}

const folded = (value) => (typeof value === "string" ? value.toLowerCase() : value);

function same(given = "", wanted) {
    const [a, b] = [given, wanted].map((text) => Buffer.from(text));
    return a.length === b.length && timingSafeEqual(a, b);
}

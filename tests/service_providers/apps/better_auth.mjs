// Better Auth with its SCIM plugin: one connection with a static bearer credential, node's http, a store in memory.
// Read from stdin by node, so that packages resolve from the working directory.
import { createServer } from "node:http";
import { scim } from "@better-auth/scim";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";

const port = Number(process.env.SP_PORT);
const options = {
    baseURL: `http://127.0.0.1:${port}`,
    secret: "a secret of at least 32 characters, for tests only",
    telemetry: { enabled: false },
    plugins: [
        scim({
            connections: [{ id: "idp", credentials: [{ type: "bearer", id: "idp-1", token: process.env.SP_TOKEN }] }],
            compatibility: { microsoftEntra: { acceptLegacyGroupSchema: true } },
        }),
    ],
};
const tables = Object.fromEntries(Object.values(getAuthTables(options)).map((table) => [table.modelName, []]));
const auth = betterAuth({ ...options, database: memoryAdapter(tables) });

createServer(toNodeHandler(auth)).listen(port, "127.0.0.1");

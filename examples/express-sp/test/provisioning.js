// Plays scenarios/ against the help desk on a free port, as every identity provider: `npm test -- --idp okta` as one.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helpdesk } from "../src/app.js";

const token = randomUUID();
const folder = await mkdtemp(join(tmpdir(), "helpdesk-"));
const server = (await helpdesk({ token, folder })).listen(0, "127.0.0.1");
await once(server, "listening");

const idpsim = spawn("idpsim", [
    "run", "scenarios",
    "--target", `http://127.0.0.1:${server.address().port}/scim/v2`,
    "--token", token,
    "--report", "junit=junit.xml",
    ...process.argv.slice(2),
], { stdio: "inherit" });

try {
    [process.exitCode] = await once(idpsim, "exit");
} catch (error) {
    console.error(`idpsim cannot be started (pip install idpsim): ${error.message}`);
    process.exitCode = 2;
} finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
}

// Starts the help desk: HELPDESK_SCIM_TOKEN, HELPDESK_DATA (a folder), PORT (0 is any free one).
import { helpdesk } from "./app.js";

const { HELPDESK_SCIM_TOKEN: token, HELPDESK_DATA: folder = "data", PORT: port = "8080" } = process.env;
if (!token) throw new Error("HELPDESK_SCIM_TOKEN is not set");

const server = (await helpdesk({ token, folder })).listen(Number(port), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

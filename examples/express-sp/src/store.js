// Resources as JSON files in a folder, one for each.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** A folder of resources: get, all, put, delete; what is not there is undefined. */
export async function openStore(folder) {
    await mkdir(folder, { recursive: true });
    const file = (id) => join(folder, `${basename(id)}.json`);

    async function get(id) {
        try {
            return JSON.parse(await readFile(file(id), "utf8"));
        } catch (error) {
            if (error.code === "ENOENT") return undefined;
            throw error;
        }
    }

    async function all() {
        const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
        return (await Promise.all(names.map((name) => get(basename(name, ".json"))))).filter(Boolean);
    }

    async function put(id = randomUUID(), data) {
        const now = new Date().toISOString();
        const created = (await get(id))?.meta.created ?? now;
        const resource = { ...data, id, meta: { created, lastModified: now } };
        const draft = `${file(id)}.${randomUUID()}`;
        await writeFile(draft, JSON.stringify(resource));
        await rename(draft, file(id));
        return resource;
    }

    async function remove(id) {
        const resource = await get(id);
        await rm(file(id), { force: true });
        return resource;
    }

    return { get, all, put, delete: remove };
}

// Middleware that lets a write begin when the one before it is answered.
// SCIMMY reads a resource, patches it and writes it back, with nothing between that would keep out a second PATCH
// (https://github.com/scimmyjs/scimmy/issues/79); Entra ID sends the members of a group in parallel.
// One process only: where there are several, this is a lock in the database.

export function oneWriteAtATime() {
    let last = Promise.resolve();
    return async (request, response, next) => {
        if (request.method === "GET") return next();
        const before = last;
        last = new Promise((done) => response.once("close", done));
        await before;
        if (!response.closed) next();
    };
}

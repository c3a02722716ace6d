// Serves an OpenAPI description with Prism on a free loopback port, and prints `listening http://127.0.0.1:PORT` once it answers.
// Every request is checked; one that breaks the description is answered with 401, 404 or 422 and says why in `sl-violations`.
// Ends when its standard input ends, so it never outlives the test that started it.
//
//   node serve.mjs description.json
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/// Prism leaves `discriminator` unchecked, so that any body would pass as an `unassign`. This makes it part of each schema that it maps to.
function enforceDiscriminators(document) {
  const visit = (node) => {
    if (node === null || typeof node !== "object") return;
    const { propertyName, mapping = {} } = node.discriminator ?? {};
    for (const [value, reference] of Object.entries(mapping)) {
      const schema = reference.split("/").slice(1).reduce((at, key) => at[key], document);
      schema.allOf.push({ type: "object", properties: { [propertyName]: { type: "string", enum: [value] } } });
    }
    Object.values(node).forEach(visit);
  };
  visit(document.paths);
  return document;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function announceWhenReady(base) {
  const retry = () => setTimeout(() => announceWhenReady(base), 20);
  get(base, (response) => {
    response.resume();
    process.stdout.write(`listening ${base}\n`);
  }).on("error", retry);
}

const folder = mkdtempSync(join(tmpdir(), "les-prism-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.stdin.resume().on("end", () => process.exit(0));

const description = join(folder, "openapi.json");
writeFileSync(description, JSON.stringify(enforceDiscriminators(JSON.parse(readFileSync(process.argv[2], "utf8")))));
const port = await freePort();
process.argv = [process.argv[0], "prism", "mock", "--errors", "--host", "127.0.0.1", "--port", String(port), description];
createRequire(import.meta.url)("@stoplight/prism-cli");
announceWhenReady(`http://127.0.0.1:${port}`);

// Writes dist/page/documents.json: what the page asks, by its SHA-256, in the very text that it sends.
// So that the page goes on where only trusted documents are run.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createRequest, formatDocument, stringifyDocument } from "urql";
import { transformWithOxc } from "vite";

const { code } = await transformWithOxc(await readFile("page/types.ts", "utf8"), "types.ts");
const types = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
const operations = Object.entries(types).flatMap(([name, document]) => (name.endsWith("Document") ? [document] : []));
// The cache adds __typename to what is asked over HTTP; what goes over the socket stays as it is.
const sent = operations
  .map((document) => createRequest(document, {}).query)
  .flatMap((query) => [query, formatDocument(query)])
  .map(stringifyDocument);

const hash = (text) => createHash("sha256").update(text).digest("hex");
await writeFile("dist/page/documents.json", JSON.stringify(Object.fromEntries(sent.map((text) => [hash(text), text])), null, 1));

// Writes page/types.ts: the page's operations with their types, from schema.graphql. What the schema no longer has, breaks
// the build here or in tsc. GraphQL Code Generator without its command line, which is heavier than all the rest.
import { codegen } from "@graphql-codegen/core";
import * as documents from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse } from "graphql";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const folder = new URL("page/operations/", import.meta.url);
const schema = buildSchema(readFileSync(new URL("../schema.graphql", import.meta.url), "utf8"));
const files = readdirSync(folder)
  .sort()
  .map((location) => ({ location, document: parse(readFileSync(new URL(location, folder), "utf8")) }));

const written = await codegen({
  filename: "types.ts",
  schema: undefined,
  schemaAst: schema,
  documents: files,
  config: {
    scalars: { Date: "string", DateTime: "string", Decimal: "string" },
    enumsAsTypes: true,
    useTypeImports: true,
    skipTypename: false,
  },
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations, documents },
});
// Only when it is another one: what is built of it is then as fresh as before.
const file = new URL("page/types.ts", import.meta.url);
if (!existsSync(file) || readFileSync(file, "utf8") !== written) writeFileSync(file, written);

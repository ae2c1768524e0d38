// Packs what the build wrote, once, so that no request waits for it: file.js.br and file.js.gz beside file.js.
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const WORTH_IT = /\.(js|css|svg|json)$/;
const SMALLEST = 1000; // bytes; what is less fits into the first packet as it is

const pack = {
  ".br": (text) =>
    promisify(brotliCompress)(text, {
      // The best takes half a minute for GraphiQL's editor and saves a few percent.
      params: { [constants.BROTLI_PARAM_QUALITY]: text.length > 1_000_000 ? 9 : 11 },
    }),
  ".gz": (text) => promisify(gzip)(text, { level: 9 }),
};

for (const name of await readdir("dist", { recursive: true })) {
  const file = join("dist", name);
  if (!WORTH_IT.test(name) || (await stat(file)).size < SMALLEST) continue;
  const text = await readFile(file);
  for (const [suffix, packed] of Object.entries(pack)) await writeFile(file + suffix, await packed(text));
}

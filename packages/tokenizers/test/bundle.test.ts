/** What a bundler makes of the package for browsers. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../src/", import.meta.url));

async function bundle(entry: string) {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, lib: { entry, formats: ["es"] } },
  });
  const outputs = Array.isArray(built) ? built.flatMap(({ output }) => output) : "output" in built ? built.output : [];
  const chunks = outputs.filter((output) => output.type === "chunk");
  return { imports: chunks.flatMap(({ imports }) => imports), modules: chunks.flatMap(({ moduleIds }) => moduleIds) };
}

test("the main entry imports nothing: no module of Node, no other package", async () => {
  const { imports, modules } = await bundle(`${SOURCE}index.ts`);
  expect(imports).toEqual([]);
  expect(modules).toContain(`${SOURCE}tokenizer.ts`);
  expect(modules.filter((module) => !module.startsWith(SOURCE))).toEqual([]);
});

test("a module of Node would be seen", async () => {
  const { modules } = await bundle(fileURLToPath(import.meta.url));
  expect(modules.filter((module) => !module.startsWith(SOURCE))).toContain("__vite-browser-external:node:url");
});

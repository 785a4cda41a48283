/**
 * Puts the code of libraries into the built modules that import them, so that an installation needs none of their packages, and makes one
 * file of the script of pages that hold a classifier.
 */
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { BUNDLED, bundle, classifierPageScript } from "./bundle.ts";

for (const [module, notice] of Object.entries(BUNDLED)) {
  const path = fileURLToPath(new URL(`../dist/${module}`, import.meta.url));
  writeFileSync(path, await bundle(path, "esm", notice));
}

const page = new URL("../dist/classifier-page/", import.meta.url);
const script = await classifierPageScript(fileURLToPath(new URL("page/main.js", page)));
writeFileSync(new URL("script.js.br", page), brotliCompressSync(script));
rmSync(new URL("page", page), { recursive: true });

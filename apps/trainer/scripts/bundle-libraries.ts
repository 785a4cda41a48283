/** Puts the code of libraries into the built modules that import them, so that an installation needs none of their packages. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BUNDLED, bundle } from "./bundle.ts";

for (const [module, notice] of Object.entries(BUNDLED)) {
  const path = fileURLToPath(new URL(`../dist/${module}`, import.meta.url));
  writeFileSync(path, await bundle(path, "esm", notice));
}

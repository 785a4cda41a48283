/** Puts d3's code into the built `dist/report/d3.js`, so that an installation needs none of its packages. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const path = fileURLToPath(new URL("../dist/report/d3.js", import.meta.url));
writeFileSync(path, await bundle(path, "esm"));

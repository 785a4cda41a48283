#!/usr/bin/env node
// The `cellstate` command: runs the TypeScript sources in the workspace and the built files where the package is installed.
import { existsSync } from "node:fs";
import module from "node:module";
import { setFlagsFromString } from "node:v8";

// Before anything is loaded: a command that is stopped says so and ends with 130. Whoever has more to do listens too, and then
// has the last word.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (process.listenerCount(signal) > 1) return;
    process.stderr.write("cellstate: interrupted\n");
    process.exit(130);
  });
}

const sourceMain = new URL("../src/main.ts", import.meta.url);
const builtMain = new URL("../dist/main.js", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
/** From 24 on, Node takes both the types out of the sources and their `using`. */
const runsSources = major >= 24 && Boolean(process.features.typescript) && typeof module.registerHooks === "function";

// The last line of a stream takes no more memory than the first: what V8 would take sooner or later is taken at once (the young
// generation's full size, while modules load) or not at all (the arenas of Maglev's threads; objects born old, which pile up).
const STEADY_MEMORY = ["--semi-space-growth-factor=64", "--no-maglev", "--no-allocation-site-pretenuring"];
const [command, , ...rest] = process.argv.slice(2);
const readsStream = rest.length === 0 || rest.some((argument) => argument.startsWith("--input"));
if ((command === "predict" || command === "translate") && readsStream) {
  for (const flag of STEADY_MEMORY) setFlagsFromString(flag);
}

module.enableCompileCache?.();
if (major < 22 || (major === 22 && minor < 12)) {
  const advice = existsSync(sourceMain)
    ? "`npx -y pnpm install` brings the pinned one, which `npx -y pnpm train` takes"
    : "install a newer one";
  console.error(`cellstate: needs Node 22.12 or newer, and this is Node ${process.versions.node}; ${advice}`);
  process.exitCode = 2;
} else if (runsSources && existsSync(sourceMain)) {
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== "cellstate" && !specifier.startsWith("@cellstate/")) return nextResolve(specifier, context);
      return nextResolve(specifier, { ...context, conditions: [...context.conditions, "@cellstate/source"] });
    },
  });
  await import(sourceMain.href);
} else if (existsSync(builtMain)) {
  await import(builtMain.href);
} else {
  console.error(
    `cellstate: a checkout runs from its sources with Node 24 or newer, and this is Node ${process.versions.node}. ` +
      "Install the pinned Node with `npx -y pnpm install` and use node_modules/.bin/cellstate, or build first with `pnpm build`.",
  );
  process.exitCode = 2;
}

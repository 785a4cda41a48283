/** Whatever way a plugin fails in, the message names its file and line, or at least the plugin. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
tinyConfig(folder);
for (const name of ["lib", "node_modules/dependency"]) mkdirSync(join(folder, name), { recursive: true });
file(folder, "lib/throws.mjs", "throw new RangeError('no luck');\n");
file(folder, "lib/fails.mjs", "export function fails() {\n  throw new Error('no luck');\n}\n");
file(
  folder,
  "node_modules/dependency/package.json",
  '{ "name": "dependency", "type": "module", "exports": "./index.js" }',
);
file(folder, "node_modules/dependency/index.js", "export function fails() {\n\n  throw new Error('no luck');\n}\n");

/** A pooling whose methods stand in lines of their own: the constructor in 2, `forward` in 4. */
const pooling = ({
  make = "",
  forward = "",
  begin = "",
}) => `${begin}export default { poolings: [{ name: "own", description: "x", Pooling: class {
  constructor(session, { layers }) { this.outputSize = layers.outputSize; ${make} }
  parameters() { return new Map(); }
  forward({ lastOutput }) { ${forward} return lastOutput; }
} }] };
`;

const own = "model: { pooling: own }\n";
const cell = (options: string) => `import { defineCell } from "@cellstate/lstm-core"; import { z } from "zod";
const options = { scale: z.number().refine(() => {
  ${options} }).default(1).describe("x") };
export default { cells: [defineCell({ kind: "own", description: "x", options, blocks: 1, cellOf: () => ({}) })] };
`;
const metric = `import { defineMetric } from "@cellstate/training";
const info = { name: "own", direction: "min", unit: "fraction", description: "x" };
export default { metrics: [defineMetric(info, () => { throw new Error("no luck"); })] };
`;

test.each<[string, string, string, number, RegExp]>([
  [
    "in a module that is loaded with it",
    pooling({ begin: 'import "./lib/throws.mjs"; ' }),
    own,
    2,
    /throws when it is loaded: RangeError: no luck \(lib\/throws\.mjs:1\)$/,
  ],
  [
    "when what it exports is looked at",
    "export default { get cells() {\n throw new Error('no luck'); } };\n",
    "",
    2,
    /throws when it is loaded: Error: no luck \(x\d+\.mjs:2\)$/,
  ],
  [
    "in a schema",
    cell('throw new Error("no luck");'),
    "model: { encoder: { kind: own, scale: 2 } }\n",
    1,
    /: x\d+\.mjs:3: Error: no luck$/,
  ],
  ["when it is built", pooling({ make: 'throw new Error("no luck");' }), own, 1, /: x\d+\.mjs:2: Error: no luck$/],
  ["in a step", pooling({ forward: 'throw new TypeError("no luck");' }), own, 1, /: x\d+\.mjs:4: TypeError: no luck$/],
  [
    "in a module that it imports",
    pooling({ begin: 'import { fails } from "./lib/fails.mjs"; ', forward: "fails();" }),
    own,
    1,
    /: lib\/fails\.mjs:2: Error: no luck$/,
  ],
  [
    "in a package that it imports, where its call is named",
    pooling({ begin: 'import { fails } from "dependency"; ', forward: "fails();" }),
    own,
    1,
    /: x\d+\.mjs:4: Error: no luck$/,
  ],
  [
    "by a wrong call of ours",
    pooling({ begin: 'import { slice } from "@cellstate/tensor"; ', forward: "slice(lastOutput, 9, 0, 1);" }),
    own,
    1,
    /: x\d+\.mjs:4: \w+Error: slice: /,
  ],
  [
    "by a file that is not there",
    pooling({ begin: 'import { readFileSync } from "node:fs"; ', make: 'readFileSync("/none.bin");' }),
    own,
    2,
    /: x\d+\.mjs:2: \/none\.bin: .*ENOENT/,
  ],
  ["in a metric", metric, "metrics: { report: [accuracy, own] }\n", 1, /: x\d+\.mjs:3: Error: no luck$/],
  [
    "by throwing what is no error",
    pooling({ forward: 'throw "no luck";' }),
    own,
    1,
    /the plugin .*\.\/x\d+\.mjs.* threw "no luck", which is no Error/,
  ],
  [
    "by an answer that is no tensor",
    pooling({ forward: "return 7;" }),
    own,
    1,
    /: internal: TypeError: .*\nThis is a fault of the plugin .*\.\/x\d+\.mjs.*, or of Cellstate; /,
  ],
])("%s", async (_, code, config, exit, message) => {
  const name = `x${++count}`;
  file(folder, `${name}.mjs`, code);
  file(folder, `${name}.yaml`, `plugins: [./${name}.mjs]\nextends: tiny.yaml\n${config}`);
  const ending = await inProcess(["train", "--config", `${name}.yaml`, "--out", name, "--quiet"], folder);
  expect({ code: ending.code, stderr: ending.stderr.trimEnd() }).toEqual({
    code: exit,
    stderr: expect.stringMatching(message),
  });
});

/** Modules stay loaded, so each plugin is a file of its own. */
let count = 0;

test("in a promise that nobody waits for", async () => {
  const code = pooling({ make: '\n Promise.resolve().then(() => { throw new Error("no luck"); });' });
  file(folder, "later.mjs", code);
  file(folder, "later.yaml", `plugins: [./later.mjs]\nextends: tiny.yaml\n${own}`);
  const ending = await cellstate(["train", "--config", "later.yaml", "--out", "later", "--quiet"], { cwd: folder });
  expect(ending).toMatchObject({ code: 1, stderr: "cellstate: later.mjs:3: Error: no luck\n" });
});

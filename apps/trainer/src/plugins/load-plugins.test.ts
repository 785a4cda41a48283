import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tasks } from "@cellstate/tasks";
import { describe, expect, test } from "vitest";
import { file, temporaryFolder } from "../../test/folders.ts";
import { loadPlugins } from "./load-plugins.ts";
import { pluginFiles } from "./plugin-files.ts";

const pooling = (name: string) => `{ name: "${name}", description: "x", Pooling: class {} }`;
const plugin = (name: string) => `export default { poolings: [${pooling(name)}] };\n`;

/** Loads plugins by name; a refusal is an error that begins with the name of the plugin. */
function load(folder: string, ...names: readonly string[]) {
  const requests = names.map((name) => ({
    name,
    folder,
    refuse(message: string): never {
      throw new Error(`${name}: ${message}`);
    },
  }));
  return loadPlugins(requests, tasks, folder);
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    file(folder, name, text);
  }
  return folder;
}

describe("plugins", () => {
  test("are files and packages, and come together", async () => {
    const folder = folderWith({
      "a.mjs": plugin("a"),
      "node_modules/pool/package.json":
        '{ "name": "pool", "type": "module", "exports": { "import": "./lib/main.js" } }',
      "node_modules/pool/lib/main.js": `import "./more.js";\n${plugin("b")}`,
      "node_modules/pool/lib/more.js": "",
    });
    const { tasks: extended, hashes } = await load(folder, "./a.mjs", "pool");
    expect(extended.map(({ name }) => name)).toEqual(tasks.map(({ name }) => name));
    const sections = (pooling: string) => ({
      tokenizer: { kind: "word" },
      model: { embedding: { size: 2 }, encoder: { hiddenSize: 2 }, pooling },
    });
    expect(extended[0]!.configSchema.safeParse(sections("a")).success).toBe(true);
    expect(extended[0]!.configSchema.safeParse(sections("b")).success).toBe(true);
    expect(tasks[0]!.configSchema.safeParse(sections("a")).success).toBe(false);
    expect(Object.keys(hashes)).toEqual(["a.mjs", "pool/lib/main.js", "pool/lib/more.js"]);
  });

  test.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ["is missing", "./none.mjs", {}, /^\.\/none\.mjs: there is no file \/.*\/none\.mjs$/],
    ["is a folder", "./sub", { "sub/a.mjs": "" }, /^\.\/sub: .*sub is a folder; name the file of the plugin in it$/],
    [
      "is no package",
      "nothing",
      {},
      /^nothing: no package nothing is installed in .* or above it; npm install nothing$/,
    ],
    ["is a file without ./", "a.mjs", { "a.mjs": "" }, /; write \.\/a\.mjs for the file$/],
    [
      "throws",
      "./throws.mjs",
      { "throws.mjs": "\nthrow new TypeError('no luck');" },
      /^\.\/throws\.mjs: throws when it is loaded: TypeError: no luck/,
    ],
    [
      "has no default export",
      "./named.mjs",
      { "named.mjs": "export const a = 1;" },
      /named\.mjs has no default export; it ends with: export default definePlugin/,
    ],
    [
      "is a number",
      "./number.mjs",
      { "number.mjs": "export default 5;" },
      /number\.mjs: expected definePlugin\(\{ cells, .*\}\), got 5$/,
    ],
    [
      "brings nothing",
      "./empty.mjs",
      { "empty.mjs": "export default { cells: [] };" },
      /empty\.mjs: brings nothing: expected something in one of the lists/,
    ],
    [
      "has an unknown list",
      "./list.mjs",
      { "list.mjs": "export default { pooling: [] };" },
      /list\.mjs: expected lists among cells, .*, got pooling; did you mean poolings\?$/,
    ],
    [
      "has half a cell",
      "./half.mjs",
      { "half.mjs": "export default { cells: [{ kind: 'x' }] };" },
      /half\.mjs: expected cells\[0\] \(x\) to have description, got undefined; it is made by defineCell/,
    ],
    [
      "has a name with blanks",
      "./blank.mjs",
      { "blank.mjs": plugin("a b") },
      /expected poolings\[0\]\.name to be a name of letters, digits, - and _, got "a b"$/,
    ],
    [
      "takes a name",
      "./taken.mjs",
      { "taken.mjs": plugin("max") },
      /^\.\/taken\.mjs: brings the pooling max, a name that Cellstate has already; choose another one$/,
    ],
    [
      "has a name twice",
      "./twice.mjs",
      { "twice.mjs": `export default { poolings: [${pooling("q")}, ${pooling("q")}] };` },
      /^\.\/twice\.mjs: brings the pooling q twice/,
    ],
  ])("one that %s is refused where it is named", async (_, name, files, message) => {
    await expect(load(folderWith(files), name)).rejects.toThrow(message);
  });

  test("two with the same name are told apart", async () => {
    const folder = folderWith({ "a.mjs": plugin("same"), "b.mjs": plugin("same") });
    await expect(load(folder, "./a.mjs", "./b.mjs")).rejects.toThrow(
      /^\.\/b\.mjs: brings the pooling same, a name that \.\/a\.mjs has already/,
    );
  });
});

test("the files of a plugin are those that it imports by relative paths, in whatever way, each once", () => {
  const folder = folderWith({
    "a.ts":
      'import { b } from "./b.ts";\nexport * from\n  "./sub/c.ts";\nconst d = await import("./d.mjs");\nimport z from "zod";\n',
    "b.ts": 'import "./a.ts";\nimport data from "./data.json" with { type: "json" };\n',
    "sub/c.ts": 'export const e = new URL("../e.bin", import.meta.url);\n// import "./not-there.ts"\n',
    "d.mjs": "",
    "data.json": "{}",
    "e.bin": "",
    "f.ts": "",
  });
  const found = pluginFiles(join(folder, "a.ts")).map((path) => path.slice(folder.length + 1));
  expect(found).toEqual(["a.ts", "b.ts", "sub/c.ts", "d.mjs", "data.json", "e.bin"]);
});

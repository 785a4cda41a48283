/**
 * Bundles the main entry of every package for a page and holds it to scripts/size-limits.json: bytes, and what it may import. Then
 * bundles `@cellstate/tasks` with all that it imports, which must leave nothing open: a page has no Node.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";
import { type RolldownOutput, rolldown } from "rolldown";

/** What one package may be. */
interface Limit {
  /** Of the minified bundle without the packages that it imports, about 15 % above the size when the limit was set. */
  readonly maxKilobytes: number;
  /** Everything from outside that the code imports when it is loaded. */
  readonly imports: readonly string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const limits = JSON.parse(readFileSync(`${root}/scripts/size-limits.json`, "utf8")) as Record<string, Limit>;
const problems: string[] = [];

for (const folder of glob.sync("packages/*", { cwd: root, onlyDirectories: true }).sort()) {
  const name = folder.replace("packages/", "");
  const limit = limits[name];
  if (limit === undefined) {
    problems.push(`${name}: has no limit in scripts/size-limits.json`);
    continue;
  }
  const { kilobytes, imports } = measure(await bundle(`${root}/${folder}/src/index.ts`));
  console.log(`${name.padEnd(12)} ${kilobytes.toFixed(1).padStart(7)} of ${limit.maxKilobytes} kB`);
  if (kilobytes > limit.maxKilobytes) {
    problems.push(
      `${name}: expected at most ${limit.maxKilobytes} kB, got ${kilobytes.toFixed(1)} kB; drop what is not needed, or raise maxKilobytes in scripts/size-limits.json`,
    );
  }
  if (JSON.stringify(imports) !== JSON.stringify(limit.imports.toSorted())) {
    const expected = limit.imports.join(", ") || "nothing";
    problems.push(`${name}: expected the main entry to import ${expected}, got ${imports.join(", ") || "nothing"}`);
  }
}
problems.push(...(await pageFaults(`${root}/packages/tasks/src/index.ts`)));
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

async function bundle(input: string): Promise<RolldownOutput> {
  await using build = await rolldown({ input, external: /^(?![./])/, platform: "browser" });
  return await build.generate({ format: "es", minify: true });
}

/** Code that is loaded later, by `import()`, counts in bytes, but may import what it likes. */
function measure({ output }: RolldownOutput): { kilobytes: number; imports: string[] } {
  const chunks = output.filter((file) => file.type === "chunk");
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const imports = new Set<string>();
  const visit = (fileName: string): void => {
    if (!own.has(fileName)) imports.add(fileName);
    for (const next of chunks.find((chunk) => chunk.fileName === fileName)?.imports ?? []) {
      if (!imports.has(next)) visit(next);
    }
  };
  for (const { fileName, isEntry } of chunks) if (isEntry) visit(fileName);
  const bytes = chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
  return { kilobytes: bytes / 1000, imports: [...imports].sort() };
}

/** What a bundler for pages says against an entry and everything that it imports. */
async function pageFaults(input: string): Promise<string[]> {
  const faults: string[] = [];
  await using build = await rolldown({
    input,
    platform: "browser",
    resolve: { conditionNames: ["@cellstate/source", "browser", "import", "default"] },
    onwarn: ({ message }) => void faults.push(message),
  });
  const { output } = await build.generate({ format: "es" });
  const chunks = output.filter((file) => file.type === "chunk");
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const open = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  faults.push(...open.filter((name) => !own.has(name)).map((name) => `imports ${name}, which a page does not have`));
  return faults.map((fault) => `tasks, bundled whole for a page: ${fault}`);
}

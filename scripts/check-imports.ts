/** Checks that packages depend on each other only along the arrows of docs/architecture.md; Biome checks the imports against the manifests. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";

const allowed: Record<string, readonly string[]> = {
  files: [],
  tensor: [],
  tokenizers: [],
  data: ["files"],
  "lstm-core": ["tensor"],
  interchange: ["layers", "tensor"],
  training: ["files", "lstm-core", "tensor"],
  seq2seq: ["lstm-core", "tensor"],
  sweep: ["tensor"],
  metrics: ["tensor"],
  onnx: ["tensor", "lstm-core", "seq2seq"],
  layers: ["files", "tensor", "lstm-core", "training"],
  tasks: ["tensor", "lstm-core", "layers", "metrics", "tokenizers", "data", "training", "seq2seq"],
  bench: ["tensor", "layers", "lstm-core", "tokenizers", "training", "seq2seq"],
  examples: ["tensor", "layers", "lstm-core", "tokenizers", "data", "training", "seq2seq", "tasks", "trainer"],
  reference: [],
  trainer: [
    "datasets",
    "files",
    "interchange",
    "layers",
    "tensor",
    "lstm-core",
    "tokenizers",
    "data",
    "training",
    "seq2seq",
    "sweep",
    "metrics",
    "onnx",
    "tasks",
  ],
  parity: ["tokenizers"],
  fuzz: ["files", "interchange", "tensor", "tokenizers", "data", "training", "onnx", "tasks", "trainer"],
  rehearsal: [],
};

const root = new URL("..", import.meta.url);
const problems: string[] = [];
/** By folder below the root: what the package says that its users get with it. */
const published = new Map<string, ReadonlySet<string>>();

for (const path of glob.sync("{packages,apps}/*/package.json", { cwd: fileURLToPath(root) }).sort()) {
  const manifest = JSON.parse(readFileSync(new URL(path, root), "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
  const name = path.split("/")[1]!;
  published.set(
    path.replace("/package.json", ""),
    new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]),
  );
  const arrows = allowed[name];
  if (arrows === undefined) {
    problems.push(`${path}: package ${manifest.name} is not on the map in scripts/check-imports.ts`);
    continue;
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    const target = dependency.replace("@cellstate/", "");
    if (dependency.startsWith("@cellstate/") && !arrows.includes(target)) {
      problems.push(
        `${path}: ${name} must not depend on ${target}; it may depend on: ${arrows.join(", ") || "nothing"}`,
      );
    }
  }
}

for (const path of glob.sync("{packages,apps}/*/{src,test}/**/*.ts", { cwd: fileURLToPath(root) }).sort()) {
  const source = readFileSync(new URL(path, root), "utf8");
  if (/from\s+"@cellstate\/[a-z0-9-]+\/src\//.test(source)) {
    problems.push(`${path}: imports another package's src/; import its public name instead`);
  }
  const [, folder = ""] = /^([^/]+\/[^/]+)\/src\//.exec(path) ?? [];
  if (folder === "" || path.endsWith(".test.ts")) continue;
  for (const [, name = ""] of source.matchAll(/(?:from\s+|import\()"(@cellstate\/[a-z0-9-]+)/g)) {
    if (!published.get(folder)?.has(name)) {
      problems.push(`${path}: imports ${name}, which is not among the dependencies of its package`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

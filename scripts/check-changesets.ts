/** Checks that every changeset names packages that there are: a release would stop at one that does not. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifests = glob.sync("{packages/*,packages/tensor/platforms/*,apps/*,datasets}/package.json", { cwd: root });
const names = new Set(manifests.map((path) => JSON.parse(readFileSync(`${root}/${path}`, "utf8")).name as string));

const problems = glob.sync(".changeset/*.md", { cwd: root }).flatMap((path) => {
  const [, header = ""] = readFileSync(`${root}/${path}`, "utf8").split(/^---$/m);
  const unknown = [...header.matchAll(/^["'](.+)["']:/gm)].map(([, name]) => name!).filter((name) => !names.has(name));
  return unknown.map((name) => `${path}: there is no package ${name}; there are ${[...names].sort().join(", ")}`);
});
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

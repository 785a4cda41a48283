/** Where the pages of the workspace are, and which package each belongs to. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

/** Every page that people write, as paths below the root, sorted. */
export function listPages(): string[] {
  const patterns = ["*.md", "docs/*.md", "datasets/**/*.md", "{packages,apps}/**/*.md"];
  return glob.sync(patterns, { cwd: root, ignore: ["**/node_modules/**", "**/dist/**", "**/build/**"] }).sort();
}

/** The folder of the package that a page belongs to, below the root; empty for the root itself. */
export function packageOf(page: string): string {
  return /^(packages|apps)\/[^/]+/.exec(page)?.[0] ?? "";
}

/** The scripts of the package in a folder below the root. */
export function scriptsOf(folder: string): Readonly<Record<string, string>> {
  const path = folder === "" ? "package.json" : `${folder}/package.json`;
  const { scripts } = JSON.parse(readFileSync(`${root}/${path}`, "utf8")) as { scripts?: Record<string, string> };
  return scripts ?? {};
}

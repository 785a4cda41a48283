import { expect, test } from "vitest";
import { pageSection, updatePage } from "./page.ts";
import type { Suite } from "./suite.ts";

const suite = (title: string): Suite => ({
  name: title,
  peers: "engines",
  title,
  about: `About ${title}.`,
  run: () => [],
});
const suites = ["One", "Two", "Three"].map(suite);
const run = { found: { versions: ["Peer 1.2"], missing: ["Other: gone"] }, command: "pnpm bench", date: new Date(0) };
const table = (cell: string) => ({ header: ["work", "ms"], rows: [["a", cell]], notes: [] });
const sectionOf = (title: string, cell: string) => pageSection(suite(title), [table(cell)], run);

test("a section says what was measured, on what and how", () => {
  const section = sectionOf("One", "7");
  expect(section).toMatch(/^## One\n\nAbout One\.\n\n- Machine: .*\n- Versions: commit \w+, .*, Peer 1\.2\n/);
  expect(section).toContain("- Command: `pnpm bench`, 1970-01-01\n- Not measured: Other: gone\n\n| work | ms |");
  expect(pageSection(suite("One"), [], run)).toBe("## One\n\nNot measured.\n");
});

test("a run of one suite leaves the sections of the others as they are", () => {
  const page = updatePage(
    "",
    suites,
    new Map([
      ["Three", sectionOf("Three", "3")],
      ["One", sectionOf("One", "1")],
    ]),
  );
  const updated = updatePage(
    page,
    suites,
    new Map([
      ["Two", sectionOf("Two", "2")],
      ["One", sectionOf("One", "9")],
    ]),
  );
  expect(updated.match(/^## .*|\| a \| .*/gm)).toEqual([
    "## One",
    "| a | 9 |",
    "## Two",
    "| a | 2 |",
    "## Three",
    "| a | 3 |",
  ]);
  expect(updatePage(updated, suites, new Map())).toBe(updated);
  expect(updatePage(updated, suites.slice(1), new Map())).not.toContain("## One");
});

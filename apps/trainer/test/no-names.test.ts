/** The trainer knows no task, no column and no metric by name: a task that is added needs no line of it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tasks } from "@cellstate/tasks";
import { classificationMetrics, meanLoss, regressionMetrics } from "@cellstate/training";
import glob from "fast-glob";
import { expect, test } from "vitest";

const sources = fileURLToPath(new URL("../src", import.meta.url));

/** The metrics of the tasks that come along, and those that are defined for others. */
const metricNames = new Set([
  ...[...classificationMetrics, ...regressionMetrics, meanLoss].map(({ info }) => info.name),
  ...["bleu", "exactMatch", "chrf", "perplexity"],
]);
const roles = ["text", "label", "source", "target", "textColumn", "labelColumn", "sourceColumn", "targetColumn"];
const names = [...tasks.map(({ name }) => name), ...metricNames, ...roles];

/** Where a text is compared with a name, looked up by it, or a key of that name is asked for. */
function comparisons(source: string): string[] {
  const listed = names.join("|");
  const patterns = [
    new RegExp(`(?:[=!]==?|case|includes\\(|in)\\s*["'\`](?:${listed})["'\`]`, "g"),
    new RegExp(`["'\`](?:${listed})["'\`]\\s*(?:[=!]==?|in\\b)`, "g"),
    new RegExp(`\\[["'\`](?:${listed})["'\`]\\]`, "g"),
    new RegExp(`metrics\\??\\.(?:\\w+\\??\\.)?(?:${[...metricNames].join("|")})\\b`, "g"),
    new RegExp(`\\.(?:${roles.filter((role) => role.endsWith("Column")).join("|")})\\b`, "g"),
  ];
  return patterns.flatMap((pattern) => source.match(pattern) ?? []);
}

test("the patterns find what they look for", () => {
  const found = comparisons(
    'a === "loss"; case "sentiment": "text" in row; scores["bleu"]; metrics.dev.accuracy; data.textColumn',
  );
  expect(found).toHaveLength(6);
});

test.each(glob.sync("**/*.ts", { cwd: sources, ignore: ["**/*.test.ts"] }).sort())(
  "%s compares with no name",
  (path) => {
    expect(comparisons(readFileSync(`${sources}/${path}`, "utf8"))).toEqual([]);
  },
);

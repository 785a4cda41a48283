import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DatasetCardError } from "../../errors.ts";
import { findCard, listCards } from "./find-cards.ts";
import { parseCard } from "./parse-card.ts";

const SHA = "0".repeat(64);
const lines = [
  "formatVersion: 1",
  "name: tiny",
  "title: Tiny",
  "description: Two texts.",
  "license: CC0-1.0",
  "source: written for this test",
  "format: tsv",
  "columns: { text: text, label: label }",
  "files:",
  "  - path: train.tsv",
  `    sha256: "${SHA}"`,
  "splits:",
  "  train: train.tsv",
  "  dev: { fractionOf: train, fraction: 0.1 }",
];
const card = lines.join("\n");
const parse = (text: string) => () => parseCard(text, "tiny/dataset.yaml");

test("a card is read with its defaults", () => {
  expect(parseCard(card, "x")).toMatchObject({
    name: "tiny",
    columns: { text: "text", label: "label" },
    splits: { train: "train.tsv", dev: { fractionOf: "train", fraction: 0.1, from: "random" } },
  });
});

test("an unknown key names file, line and key", () => {
  expect(parse(card.replace("license:", "licence:"))).toThrow(
    new DatasetCardError(
      "tiny/dataset.yaml",
      1,
      "license",
      "is missing; must be text\ntiny/dataset.yaml:5: licence: unknown key `licence`, did you mean `license`?",
    ),
  );
  expect(parse(`${card}\ncolour: red`)).toThrow(
    "tiny/dataset.yaml:15: colour: unknown key `colour`, valid here: format",
  );
  expect(parse(card.replace("    sha256:", "    size: 3\n    sha256:"))).toThrow(
    "tiny/dataset.yaml:11: files[0].size: unknown key `size`, valid here: path, sha256, bytes, url",
  );
});

test("a missing key and a wrong value name line and key", () => {
  expect(parse(card.replace("title: Tiny\n", ""))).toThrow("tiny/dataset.yaml:1: title: is missing; must be text");
  expect(parse(card.replace(SHA, "abc"))).toThrow(
    'tiny/dataset.yaml:11: files[0].sha256: expected 64 hexadecimal digits in small letters, got "abc" (text)',
  );
  expect(parse(card.replace("fraction: 0.1", "fraction: 2"))).toThrow(
    "tiny/dataset.yaml:14: splits.dev.fraction: must be less than 1, got 2",
  );
  expect(parse(card.replace("formatVersion: 1", "formatVersion: 2"))).toThrow(
    "tiny/dataset.yaml:1: formatVersion: expected 1, the only version of the card format that this version reads, got 2",
  );
});

test("a split of an unlisted file, a card without train and a path outside the folder are refused", () => {
  expect(parse(card.replace("train: train.tsv", "train: other.tsv"))).toThrow(
    "tiny/dataset.yaml:13: splits.train: other.tsv is not listed under files",
  );
  expect(parse(card.replace("  train: train.tsv\n", ""))).toThrow(
    "tiny/dataset.yaml:12: splits: the split train is missing",
  );
  for (const path of ["../secret.tsv", "/etc/passwd", "a/../../b.tsv", "..\\x.tsv", "C:x.tsv"]) {
    expect(parse(card.replaceAll("train.tsv", JSON.stringify(path)))).toThrow(
      "expected a path inside the dataset's folder",
    );
  }
});

test("plain lines need a file for each column, and other formats a file", () => {
  expect(parse(card.replace("format: tsv", "format: lines"))).toThrow("splits.train: name a file for each column");
  expect(parse(card.replace("train: train.tsv", "train: { en: train.tsv }"))).toThrow(
    "splits.train: a file for each column needs format: lines",
  );
});

test("broken YAML, a key given twice and an alias bomb end with one message", () => {
  expect(parse("name: [1, 2")).toThrow(
    /^tiny\/dataset\.yaml:1: this bracket is opened and never closed\n {2}1 \| name: \[1, 2\n/,
  );
  expect(parse(`${card}\nname: again`)).toThrow("tiny/dataset.yaml:15: this key stands here twice; remove one");
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [now, before] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg"].map((pair) => [...pair])) {
    bomb.push(`${now}: &${now} [${Array(9).fill(`*${before}`).join(", ")}]`);
  }
  expect(parse(bomb.join("\n"))).toThrow(
    "tiny/dataset.yaml:5: the aliases of this file stand for more than 10000 values; write out what is needed",
  );
  expect(parse("x".repeat(2_000_000))).toThrow("tiny/dataset.yaml: is longer than 1048576 characters");
});

test.each([
  ["", "is empty; it must be a map of keys"],
  ["- 1", "must be a map of keys such as `name: ...`, got a list"],
  ["hello", "must be a map of keys such as `name: ...`, got one value"],
  ["{}", "formatVersion: is missing"],
])("%j is refused", (text, message) => {
  expect(parse(text)).toThrow(DatasetCardError);
  expect(parse(text)).toThrow(message);
});

test("cards are found by name and by path, and a name that is not there lists the others", async () => {
  const datasetsDir = await mkdtemp(join(tmpdir(), "cards-"));
  for (const name of ["tiny", "other"]) {
    await mkdir(join(datasetsDir, name));
    await writeFile(join(datasetsDir, name, "dataset.yaml"), card.replace("name: tiny", `name: ${name}`));
  }
  const where = { datasetsDir, configDir: datasetsDir };
  expect((await listCards(datasetsDir)).map((located) => located.card.name)).toEqual(["other", "tiny"]);
  expect((await findCard("tiny", where)).folder).toBe(join(datasetsDir, "tiny"));
  expect((await findCard("./tiny", where)).card.name).toBe("tiny");
  expect((await findCard("tiny/dataset.yaml", where)).card.name).toBe("tiny");
  await expect(findCard("tyni", where)).rejects.toThrow(
    /no dataset named "tyni" in .*; there are: other, tiny; own files need no card: data: \{ train: mine\.tsv \}/,
  );
  await expect(findCard("./nowhere", where)).rejects.toThrow("the dataset card cannot be read");
  await writeFile(join(datasetsDir, "tiny", "dataset.yaml"), card.replace("name: tiny", "name: huge"));
  await expect(findCard("tiny", where)).rejects.toThrow("name: huge differs from the card's folder tiny");
});

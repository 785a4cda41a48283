/** Dataset cards: YAML that says what files a dataset has. */
import { parseCard } from "@cellstate/data/node";
import { parseYaml } from "@cellstate/files/yaml";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText, textMutators, textOfBytes } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { contradict, mustHold, type Target } from "../target.ts";

const HASH = "3821db732e686cdb7ea3859471fede14b8550b9c22715b2340e658a4ffc5d383";

const CARDS = [
  `formatVersion: 1
name: tiny
title: A tiny dataset
description: >
  Two files
  of reviews.
license: CC0-1.0
source: written for this project
languages: [en, zh]
format: tsv
columns: { text: text, label: label }
labels: { "0": negative, "1": positive }
files:
  - path: train.tsv
    bytes: 481326
    sha256: ${HASH}
  - path: test.tsv.gz
    bytes: 62703
    sha256: ${HASH}
    url: https://example.org/test.tsv.gz
splits:
  train: train.tsv
  dev: { fractionOf: train, fraction: 0.1, from: end }
  test: test.tsv.gz
`,
  `formatVersion: 1
name: made
title: Made-up dates
description: Dates
license: CC0-1.0
source: written for this project
languages: [en]
generator:
  name: dates
  options: { languages: [en, de], fromYear: 1900, toYear: 2099 }
  sizes: { train: 300, dev: 10, test: 10 }
`,
];

const asTree = treeMutators((text) => parseYaml(text, "base").values)[0]!;

export const card: Target = {
  name: "card",
  about: "dataset.yaml of datasets",
  extension: "yaml",
  async open() {
    return {
      seeds: CARDS.map(bytesOfText),
      mutators: [...Array.from({ length: 6 }, () => asTree), ...textMutators, ...byteMutators.slice(0, 2)],
      check(input) {
        const text = JSON.stringify(parseCard(textOfBytes(input), "dataset.yaml"));
        let again = "";
        try {
          again = JSON.stringify(parseCard(text, "written.yaml"));
        } catch (error) {
          contradict(`what the card says is refused as a card: ${(error as Error).message}`);
        }
        mustHold(again === text, () => `the card says ${text.slice(0, 200)}, and that ${again.slice(0, 200)}`);
      },
    };
  },
};

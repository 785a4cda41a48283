/** `--set key.path=value`: one value on the command line. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadConfig } from "cellstate";
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from "../mutate/hostile.ts";
import { bytesOfText, textMutators, textOfBytes } from "../mutate/text.ts";
import type { Random } from "../random.ts";
import { contradict, type Target } from "../target.ts";
import { requireFixedPoint } from "./config.ts";
import { CONFIGS } from "./configs.ts";

const SEEDS = [
  "training.epochs=2",
  "data.train=my file #2.csv",
  "data.columns.text=review",
  "model.encoder={ kind: gru, hiddenSize: 4, numLayers: 2 }",
  "tokenizer.kind=char",
  "optimizer={kind: sgd, learningRate: 1e-2}",
  "data.devFraction=0.3",
  "metrics.report=[accuracy, macroF1]",
  "training.patience=null",
  'name="ab"',
];

export const set: Target = {
  name: "set",
  about: "--set key.path=value",
  extension: "txt",
  async open(folder) {
    const file = join(folder, "base.yaml");
    const resolved = join(folder, "resolved.json");
    writeFileSync(file, CONFIGS[0]!);
    return {
      seeds: SEEDS.map(bytesOfText),
      mutators: textMutators,
      generate: (random) => bytesOfText(`${keyPath(random)}=${value(random)}`),
      async check(input) {
        const assignment = textOfBytes(input).replaceAll("\0", "");
        const { experiment } = await loadConfig({ file, overrides: [assignment], folder, env: {} });
        await requireFixedPoint(experiment, resolved, folder);
        requireWhole(assignment, experiment.data, folder);
      },
    };
  },
};

const FILE = /^data\.train=(.*)$/s;
const COLUMN = /^data\.columns\.text=(.*)$/s;
/** Of text that YAML has no other meaning for, whatever comes behind. */
const PLAIN_START = /^[\p{L}/.]/u;

/** A text that begins like one is taken to its last letter. */
function requireWhole(
  assignment: string,
  { train, columns }: { readonly train?: unknown; readonly columns?: Readonly<Record<string, unknown>> | undefined },
  folder: string,
): void {
  const given = FILE.exec(assignment)?.[1] ?? COLUMN.exec(assignment)?.[1];
  const text = given?.trim();
  if (text === undefined || !PLAIN_START.test(text) || /[\r\n\u0085\u2028\u2029]/.test(text)) return;
  const taken = FILE.test(assignment) ? train : columns?.text;
  const expected = FILE.test(assignment) ? resolve(folder, text) : text;
  if (typeof taken === "string" && taken !== expected) {
    contradict(`${JSON.stringify(assignment)} is taken as ${JSON.stringify(taken)}`);
  }
}

function keyPath(random: Random): string {
  const known = random.pick(SEEDS).split("=")[0]!;
  if (!random.oneIn(4)) return known;
  const parts = known.split(".");
  parts.splice(random.below(parts.length + 1), random.below(2), random.pick(HOSTILE_TEXTS));
  return parts.join(".");
}

function value(random: Random): string {
  const text = random.pick(random.oneIn(3) ? HOSTILE_NUMBERS : HOSTILE_TEXTS);
  switch (random.below(5)) {
    case 0:
      return `[${text}, a]`;
    case 1:
      return `{ kind: ${text} }`;
    case 2:
      return `train ${text} b`;
    default:
      return text;
  }
}

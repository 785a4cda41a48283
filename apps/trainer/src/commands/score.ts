/** `cellstate score` and `cellstate bleu`: lines of text beside their references. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";
import { resampleCount, seedNumber } from "../command-line/option-values.ts";
import { UsageError } from "../errors.ts";

/** By the names that `--metrics` gives them. */
const metricNames = ["bleu", "chrf", "chrf++", "ter", "wer", "cer", "rouge-l", "exact-match"] as const;
export type MetricName = (typeof metricNames)[number];

const TOKENIZERS = ["13a", "zh", "char", "intl", "none"] as const;
const SMOOTHINGS = ["exp", "floor", "add-k", "none"] as const;
const TESTS = ["randomization", "bootstrap"] as const;

export type ScoreOptions = ReturnType<ReturnType<typeof declareScore>["opts"]>;

export const score: DefineCommand = () =>
  declareScore(
    "score",
    "score lines of text beside their references: BLEU, chrF and TER as sacreBLEU prints them, and others",
  )
    .option("--metrics <names>", `with commas between, of ${metricNames.join(", ")}`, "bleu,chrf,ter")
    .addHelpText("after", example("cellstate score --hypotheses out.de --references test.de --bootstrap 1000"))
    .action(async ({ metrics, ...options }) => {
      const { runScore } = await import("./score/run-score.ts");
      await runScore(namesOf(metrics), options);
    });

export const bleu: DefineCommand = () =>
  declareScore("bleu", "BLEU of lines of text beside their references, as sacreBLEU prints it")
    .addHelpText("after", example("cellstate bleu --hypotheses out.de --references test.de"))
    .action(async (options) => {
      const { runScore } = await import("./score/run-score.ts");
      await runScore(metricNames.slice(0, 1), options);
    });

function declareScore(name: string, description: string) {
  return new Command(name)
    .description(description)
    .option("--hypotheses <file>", "what a system wrote, a segment a line; also --hyp")
    .option(
      "--references <file...>",
      "what it should have written, line by line; several files are several references; also --ref",
    )
    .addOption(new Option("--hyp <file>").hideHelp())
    .addOption(new Option("--ref <file...>").hideHelp())
    .option("--against <file>", "what another system wrote: tells whether the difference is more than chance")
    .addOption(new Option("--tokenize <name>", "how BLEU cuts texts into tokens").choices(TOKENIZERS).default("13a"))
    .addOption(
      new Option("--smoothing <name>", "of BLEU, for orders without a match").choices(SMOOTHINGS).default("exp"),
    )
    .option("--lowercase", "ignore case; TER always does")
    .option("--bootstrap <n>", "resamples for an interval of 95 % around each score. Default: none", resampleCount)
    .addOption(
      new Option("--test <name>", "how --against tells: swaps systems in half of the segments, or resamples segments")
        .choices(TESTS)
        .default("randomization"),
    )
    .option("--seed <n>", "of resamples and swaps. Default: 12345", seedNumber)
    .option("--json", "print one JSON document");
}

/** @throws {UsageError} naming what is no metric, and those that are */
function namesOf(text: string): readonly MetricName[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !metricNames.includes(name as MetricName));
  if (unknown !== undefined) {
    throw new UsageError(`--metrics: ${JSON.stringify(unknown)} is no metric; there are ${metricNames.join(", ")}`);
  }
  return [...new Set(names as MetricName[])];
}

/** The commands and their options; what a command needs is loaded when it runs, so that `predict` answers fast. */
import type { Task } from "@cellstate/tasks";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { EvaluateOptions } from "./commands/evaluate.ts";
import type { PredictOptions } from "./commands/predict.ts";
import type {
  DecodeCommandOptions,
  EncodeCommandOptions,
  TokenizerInputOptions,
  TrainTokenizerCommandOptions,
} from "./commands/tokenizer.ts";
import type { TrainCommandOptions } from "./commands/train.ts";
import type { TranslateOptions } from "./commands/translate.ts";
import { cellstateVersion } from "./version.ts";

export interface CliOptions {
  /** The tasks that configs can name, such as `[...tasks, mine]`. Default: those of `@cellstate/tasks`. */
  readonly tasks?: readonly Task[] | undefined;
}

/**
 * Runs one command line.
 *
 * @param args  without the program's name
 * @returns the exit code of the contract
 * @throws {Error} that `reportError` turns into a message and an exit code
 */
export async function runCli(args: readonly string[], { tasks }: CliOptions = {}): Promise<number> {
  let exitCode = 0;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = buildProgram(finish, tasks);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed what is wrong, or the help that was asked for.
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

function buildProgram(finish: (exitCode: number) => void, tasks: readonly Task[] | undefined): Command {
  const program = new Command("cellstate")
    .description("Train LSTM models on your own text: one YAML file in, one run folder out.")
    .version(cellstateVersion)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "cellstate: ")) });

  subcommand(program, "train")
    .description("train the experiment of a config, or go on with an interrupted run")
    .option("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--seed <n>", "seed of initialisation, shuffling and dropout", wholeNumber)
    .addOption(backendOption())
    .option("--threads <n>", "threads of the backend; never changes a number", positiveNumber)
    .option("--out <dir>", "the run folder; must not exist or be empty")
    .option("--resume <run>", "go on with a run from its last checkpoint")
    .option("--quiet", "no progress")
    .option("--json", "print result.json alone on stdout")
    .action(async (options: TrainCommandOptions) => {
      const { trainCommand } = await import("./commands/train.ts");
      finish(await trainCommand(options, tasks));
    });

  subcommand(program, "evaluate")
    .description("score a run on its own splits, or on a file")
    .argument("<run>", "run folder, or a copy of its model folder")
    .option("--data <file>", "labelled file with the run's column names")
    .option("--json", "print one JSON document")
    .action(async (run: string, options: EvaluateOptions) => {
      const { evaluateCommand } = await import("./commands/evaluate.ts");
      await evaluateCommand(run, options, tasks);
    });

  subcommand(program, "predict")
    .description("predict texts: arguments, else --input, else standard input line by line")
    .argument("<run>", "run folder, or a copy of its model folder")
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with the run's columns")
    .option("--output <file.jsonl>", "write the lines here instead of standard output")
    .option("--json", "print one JSON document: the list of all lines")
    .action(async (run: string, texts: string[], options: PredictOptions) => {
      const { predictCommand } = await import("./commands/predict.ts");
      await predictCommand(run, texts, options, tasks);
    });

  subcommand(program, "translate")
    .description("translate texts: arguments, else --input, else standard input line by line")
    .argument("<run>", "run folder, or a copy of its model folder")
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with the run's source column")
    .option("--beam <n>", "hypotheses kept in the search; 1 is greedy. Default: the config's", positiveNumber)
    .action(async (run: string, texts: string[], options: TranslateOptions) => {
      const { translateCommand } = await import("./commands/translate.ts");
      await translateCommand(run, texts, options, tasks);
    });

  addRuns(program, tasks);
  addData(program);
  addTokenizer(program);
  return program;
}

function addRuns(program: Command, tasks: readonly Task[] | undefined): void {
  const runs = subcommand(program, "runs").description("list the runs under runs/, or show one");
  subcommand(runs, "list", { isDefault: true })
    .description("list the runs")
    .action(async () => {
      const { listRunsCommand } = await import("./commands/runs.ts");
      listRunsCommand(tasks);
    });
  subcommand(runs, "show")
    .description("show the config and the scores of a run")
    .argument("<run>", "run folder or name")
    .action(async (run: string) => {
      const { showRunCommand } = await import("./commands/runs.ts");
      showRunCommand(run, tasks);
    });
}

function addData(program: Command): void {
  const data = subcommand(program, "data").description("list, show, fetch, verify and measure datasets");
  subcommand(data, "list", { isDefault: true })
    .description("list the datasets that have a card")
    .action(async () => (await import("./commands/data.ts")).listDataCommand());
  const named = {
    show: "show a dataset's card",
    fetch: "download a dataset's files into the cache, unless they are there",
    verify: "check a dataset's files against the card's checksums",
  } as const;
  for (const [name, description] of Object.entries(named) as [keyof typeof named, string][]) {
    subcommand(data, name)
      .description(description)
      .argument("<name>", "name of the dataset")
      .action(async (dataset: string) => (await import("./commands/data.ts")).namedDataCommand(name, dataset));
  }
  subcommand(data, "stats")
    .description("count examples, labels and lengths of a dataset or of a file")
    .argument("<name|file>", "name of the dataset, or a file")
    .action(async (nameOrFile: string) => (await import("./commands/data.ts")).dataStatsCommand(nameOrFile));
}

function addTokenizer(program: Command): void {
  const tokenizer = subcommand(program, "tokenizer").description(
    "train a tokenizer, encode, decode, or look inside one",
  );
  const load = () => import("./commands/tokenizer.ts");
  const column = () => new Option("--column <name>", "text column of .jsonl, .csv and .tsv files").default("text");
  const withTokenizer = (name: string, description: string) =>
    subcommand(tokenizer, name)
      .description(description)
      .argument("<tokenizer>", "a tokenizer.json, a SentencePiece .model, a vocab.txt, their folder, or a run");

  subcommand(tokenizer, "train")
    .description("train on all texts of files: .txt one a line; .jsonl, .csv, .tsv")
    .argument("<file...>", "files of texts")
    .option("--kind <name>", "word, char, bpe, wordpiece or unigram. Default: bpe")
    .option("--config <file|name>", "take the tokenizer section of this experiment instead")
    .option(
      "--set <key=value>",
      "one option of the section, such as vocabSize=8000, written as YAML; may be repeated",
      collect,
      [],
    )
    .addOption(column())
    .option("--output <file>", "where to write", "tokenizer.json")
    .option("--quiet", "no progress")
    .action(async (files: string[], options: TrainTokenizerCommandOptions) =>
      (await load()).trainTokenizerCommand(files, options),
    );
  withTokenizer("encode", "turn texts into ids, one JSON line each: arguments, else --input, else standard input")
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv")
    .addOption(column())
    .option("--special", "add the special tokens that a model expects")
    .option("--pairs", "encode pairs: arguments two by two, lines with a tab between the texts")
    .option("--max-length <n>", "cut to this many tokens; windows that overflow are written too", positiveNumber)
    .option("--stride <n>", "tokens that each window repeats of the one before", wholeNumber)
    .addOption(side("--truncation-side <side>", "where longer texts lose tokens; needs --max-length"))
    .option("--pad <n|longest>", "pad to this many tokens, or to the longest text", lengthOrLongest)
    .addOption(side("--padding-side <side>", "where padding goes; needs --pad"))
    .action(async (name: string, texts: string[], options: EncodeCommandOptions) =>
      (await load()).encodeCommand(name, texts, options),
    );
  withTokenizer("decode", "turn ids back into text: arguments, else --input, else standard input line by line")
    .argument("[id...]", "ids of one text")
    .option("--input <file.txt>", "ids of one text a line, or the lines that encode writes")
    .option("--keep-special", "write special tokens too")
    .action(async (name: string, ids: string[], options: DecodeCommandOptions) =>
      (await load()).decodeCommand(name, ids, options),
    );
  withTokenizer("inspect", "show the pieces of texts with their offsets; without a text, the vocabulary")
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv")
    .addOption(column())
    .action(async (name: string, texts: string[], options: TokenizerInputOptions) =>
      (await load()).inspectCommand(name, texts, options),
    );
}

/** A command below another; faults of its arguments come back as errors too. */
function subcommand(parent: Command, name: string, options: { isDefault?: boolean } = {}): Command {
  const command = parent.command(name, options);
  return command
    .copyInheritedSettings(parent)
    .showHelpAfterError(`(cellstate ${pathOf(command)} --help shows what is valid)`);
}

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

function backendOption(): Option {
  return new Option("--backend <name>", "what computes; all give the same bits").choices([
    "auto",
    "native",
    "wasm",
    "reference",
  ]);
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function side(flags: string, description: string): Option {
  return new Option(flags, description).choices(["left", "right"]);
}

function wholeNumber(text: string): number {
  return numberFrom(0, text);
}

function positiveNumber(text: string): number {
  return numberFrom(1, text);
}

function lengthOrLongest(text: string): number | "longest" {
  return text === "longest" ? text : numberFrom(1, text, ", or longest");
}

function numberFrom(least: number, text: string, orElse = ""): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`It must be a whole number from ${least}${orElse}.`);
  }
  return value;
}

/** `cellstate tokenizer`: trains a tokenizer on files, encodes and decodes with one, and shows what it does to a text. */
import { Argument, Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { collect, lengthOrLongest, tokenCount, tokenCountOrNone } from "../command-line/option-values.ts";

export type TrainTokenizerOptions = OptionsOf<typeof declareTrain>;
export type EncodeTextsOptions = OptionsOf<typeof declareEncode>;
export type DecodeIdsOptions = OptionsOf<typeof declareDecode>;
export type InspectOptions = OptionsOf<typeof declareInspect>;

const SIDES = ["left", "right"] as const;

export const tokenizer: DefineCommand = () =>
  new Command("tokenizer")
    .description("train a tokenizer, encode, decode, or look inside one")
    .addHelpText("after", example('cellstate tokenizer inspect runs/my-run "a fine film"'))
    .addCommand(train())
    .addCommand(encode())
    .addCommand(decode())
    .addCommand(inspect());

function train() {
  return declareTrain().action(async (files, options) => {
    const { trainOnFiles } = await import("./tokenizer/train-tokenizer.ts");
    await trainOnFiles(files, options);
  });
}

function declareTrain() {
  return new Command("train")
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
    .addOption(columnOption())
    .option("--output <file>", "where to write", "tokenizer.json")
    .option("--quiet", "no progress")
    .addHelpText("after", example("cellstate tokenizer train my-texts.txt --kind unigram --set vocabSize=8000"));
}

function encode() {
  return declareEncode().action(async (name, texts, options) => {
    const { encodeTexts } = await import("./tokenizer/encode-texts.ts");
    await encodeTexts(name, texts, options);
  });
}

function declareEncode() {
  return new Command("encode")
    .description("turn texts into ids, one JSON line each: arguments, else --input, else standard input")
    .addArgument(tokenizerArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv")
    .addOption(columnOption())
    .option("--special", "add the special tokens that a model expects")
    .option("--pairs", "encode pairs: arguments two by two, lines with a tab between the texts")
    .option("--max-length <n>", "cut to this many tokens; windows that overflow are written too", tokenCount)
    .option("--stride <n>", "tokens that each window repeats of the one before", tokenCountOrNone)
    .addOption(
      new Option("--truncation-side <side>", "where longer texts lose tokens; needs --max-length").choices(SIDES),
    )
    .option("--pad <n|longest>", "pad to this many tokens, or to the longest text", lengthOrLongest)
    .addOption(new Option("--padding-side <side>", "where padding goes; needs --pad").choices(SIDES))
    .addHelpText("after", example('cellstate tokenizer encode tokenizer.json "a fine film" --special'));
}

function decode() {
  return declareDecode().action(async (name, ids, options) => {
    const { decodeIds } = await import("./tokenizer/decode-ids.ts");
    await decodeIds(name, ids, options);
  });
}

function declareDecode() {
  return new Command("decode")
    .description("turn ids back into text: arguments, else --input, else standard input line by line")
    .addArgument(tokenizerArgument())
    .argument("[id...]", "ids of one text")
    .option("--input <file.txt>", "ids of one text a line, or the lines that encode writes")
    .option("--keep-special", "write special tokens too")
    .addHelpText("after", example("cellstate tokenizer decode tokenizer.json 17 4 256"));
}

function inspect() {
  return declareInspect().action(async (name, texts, options) => {
    const { inspectTokenizer } = await import("./tokenizer/inspect-tokenizer.ts");
    await inspectTokenizer(name, texts, options);
  });
}

function declareInspect() {
  return new Command("inspect")
    .description("show the pieces of texts with their offsets; without a text, the vocabulary")
    .addArgument(tokenizerArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv")
    .addOption(columnOption())
    .addHelpText("after", example('cellstate tokenizer inspect tokenizer.json "a fine film"'));
}

function tokenizerArgument() {
  return new Argument("<tokenizer>", "a tokenizer.json, a SentencePiece .model, a vocab.txt, their folder, or a run");
}

function columnOption() {
  return new Option("--column <name>", "text column of .jsonl, .csv and .tsv files").default("text");
}

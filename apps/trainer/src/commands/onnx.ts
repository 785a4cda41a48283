/** `cellstate onnx`: what an ONNX model reads and gives, and its answers to texts. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { tokenCount } from "../command-line/option-values.ts";
import { withPackage } from "../command-line/optional-package.ts";

export type OnnxOptions = OptionsOf<typeof declareOnnx>;

const SIDES = ["pre", "post"] as const;
const SCORES = ["auto", "probabilities", "logits", "logProbs"] as const;

export const onnx: DefineCommand = () =>
  declareOnnx().action(async (file, texts, options) => {
    const { runOnnx } = await withPackage("@cellstate/onnx", () => import("./onnx/run-onnx.ts"));
    await runOnnx(file, texts, options);
  });

function declareOnnx() {
  return new Command("onnx")
    .description("say what an ONNX model reads and gives; with --tokenizer, classify texts by it")
    .argument("<file.onnx>", "a model with recurrent layers, such as PyTorch exports")
    .argument("[text...]", "texts; else --input, else standard input line by line")
    .option("--tokenizer <file>", "makes ids of texts: any tokenizer.json, or a vocabulary of Keras")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with a column text")
    .option(
      "--labels <names>",
      "names of the classes in the order of the outputs, with commas between. Default: 0,1,...",
    )
    .option("--max-length <n>", "ids that each text is cut or filled to. Default: what the model says", tokenCount)
    .addOption(
      new Option("--padding <side>", "where shorter texts are filled. Default: what the model says, else post").choices(
        SIDES,
      ),
    )
    .addOption(new Option("--truncating <side>", "where longer texts lose ids. Default: likewise").choices(SIDES))
    .addOption(
      new Option("--scores <kind>", "what the outputs are; auto tells by the first answer")
        .choices(SCORES)
        .default("auto"),
    )
    .option("--json", "print the description as one JSON document")
    .addHelpText(
      "after",
      example('cellstate onnx model.onnx --tokenizer tokenizer.json --labels no,yes "a fine film"'),
    );
}

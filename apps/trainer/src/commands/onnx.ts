/** `cellstate onnx`: what an ONNX model reads and gives, and its answers to texts. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { tokenCount } from "../command-line/option-values.ts";
import { withPackage } from "../command-line/optional-package.ts";

export type OnnxOptions = OptionsOf<typeof declareOnnx>;

const SIDES = ["pre", "post"] as const;
const OUTPUT_KINDS = ["classes", "labels", "numbers"] as const;
const SCORES = ["auto", "probabilities", "logits", "logProbs"] as const;

export const onnx: DefineCommand = () =>
  declareOnnx().action(async (file, texts, options) => {
    const { runOnnx } = await withPackage("@cellstate/onnx", () => import("./onnx/run-onnx.ts"));
    await runOnnx(file, texts, options);
  });

function declareOnnx() {
  return new Command("onnx")
    .description("say what an ONNX model reads and gives; with --tokenizer, what it gives for texts")
    .argument("<file.onnx>", "a model with recurrent layers, such as PyTorch exports")
    .argument("[text...]", "texts; else --input, else standard input line by line")
    .option("--tokenizer <file>", "makes ids of texts: any tokenizer.json, or a vocabulary of Keras")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with a column text")
    .option(
      "--labels <names>",
      "names of the classes, labels or numbers in the order of the outputs, with commas between. Default: 0,1,...",
    )
    .addOption(
      new Option(
        "--outputs <kind>",
        "what the outputs are: classes of which a text has one, labels of which it has any, or numbers. Default: told by the model",
      ).choices(OUTPUT_KINDS),
    )
    .option("--max-length <n>", "ids that each text is cut or filled to. Default: what the model says", tokenCount)
    .addOption(
      new Option("--padding <side>", "where shorter texts are filled. Default: what the model says, else post").choices(
        SIDES,
      ),
    )
    .addOption(new Option("--truncating <side>", "where longer texts lose ids. Default: likewise").choices(SIDES))
    .addOption(
      new Option(
        "--scores <kind>",
        "what the outputs of classes and labels are; auto tells by the model and the first answer",
      )
        .choices(SCORES)
        .default("auto"),
    )
    .addOption(
      new Option(
        "--special-tokens <choice>",
        "tokens that a tokenizer.json puts around texts, such as [CLS] and [SEP]. Default: add, unless Cellstate trained the network",
      ).choices(["add", "none"] as const),
    )
    .option("--json", "print the description as one JSON document")
    .addHelpText(
      "after",
      example('cellstate onnx model.onnx --tokenizer tokenizer.json --labels no,yes "a fine film"'),
    );
}

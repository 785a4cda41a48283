/** `cellstate import`: a network of texts or numbers of Keras, or one of texts in an ONNX file, becomes a model folder, which predict, evaluate and a page open. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { tokenCount } from "../command-line/option-values.ts";
import { withPackage } from "../command-line/optional-package.ts";

export type ImportOptions = OptionsOf<typeof declareImport>;

const SIDES = ["pre", "post"] as const;
const OUTPUT_KINDS = ["classes", "labels", "numbers"] as const;

export const importCommand: DefineCommand = () =>
  declareImport().action(async (file, options) => {
    if (file.endsWith(".onnx")) {
      const { importOnnx } = await withPackage("@cellstate/onnx", () => import("./import/import-onnx.ts"));
      await importOnnx(file, options);
      return;
    }
    const { importModel } = await withPackage("@cellstate/interchange", () => import("./import/import-model.ts"));
    await importModel(file, options);
  });

function declareImport() {
  return new Command("import")
    .description(
      "take over a network of Keras, from texts to labels or numbers, or from numbers to numbers: it becomes a model folder",
    )
    .argument(
      "<file>",
      ".keras, .h5, .weights.h5, or model.json of Keras or TensorFlow.js; or .onnx, a network of texts",
    )
    .option(
      "--tokenizer <file>",
      "what Tokenizer.to_json gave, a vocabulary of TextVectorization, or any tokenizer.json. Default: the network's TextVectorization",
    )
    .option(
      "--labels <names>",
      "names of the classes, labels or numbers in the order of the outputs, with commas between. Default: 0,1,...",
    )
    .addOption(
      new Option(
        "--outputs <kind>",
        "what the outputs are: classes of which a text has one, labels of which it has any, or numbers. Default: told by the last layer and the loss",
      ).choices(OUTPUT_KINDS),
    )
    .option("--next-word", "the classes are the words of the tokenizer, as of a network that goes on with a text")
    .option("--max-length <n>", "ids that each text is cut or filled to. Default: what the network says", tokenCount)
    .addOption(
      new Option(
        "--padding <side>",
        "where shorter texts are filled. Default: pre; post for a TextVectorization",
      ).choices(SIDES),
    )
    .addOption(
      new Option("--truncating <side>", "where longer texts lose ids. Default: as for --padding").choices(SIDES),
    )
    .addOption(
      new Option(
        "--scores <kind>",
        "what the outputs of classes and labels are. Default: told by the last layer, or by a few rows",
      ).choices(["probabilities", "logits"] as const),
    )
    .addOption(
      new Option(
        "--special-tokens <choice>",
        "tokens that a tokenizer.json puts around texts, such as [CLS] and [SEP]. Default: add, unless Cellstate trained the network",
      ).choices(["add", "none"] as const),
    )
    .option("--architecture <file>", "what model.to_json() gave, where <file> has weights alone")
    .option("--weights <file>", "the weights, where <file> is an architecture alone")
    .option(
      "--probe <file.json>",
      "inputs and outputs of the network to compare with: { inputs: [...], outputs: [...] }",
    )
    .option("--name <name>", "what the model is called. Default: the name of the file")
    .requiredOption("--output <folder>", "where to write the model; a new or empty folder")
    .option("--json", "print one JSON document instead of text")
    .addHelpText(
      "after",
      example(
        "cellstate import sentiment.h5 --tokenizer tokenizer.json --labels negative,positive --max-length 100 --output model",
      ),
    );
}

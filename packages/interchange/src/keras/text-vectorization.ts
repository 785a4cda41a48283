/**
 * A `TextVectorization` layer at the input of a model: it cuts texts into ids, which is what tokenizers do here, so the model is
 * read as if ids came in, and the layer's vocabulary and options are handed out.
 */
import { UnsupportedModelError } from "../errors.ts";
import { Fields } from "./fields.ts";

/** What `textVectorizationTokenizer` of `@cellstate/tokenizers` takes, and how long texts become. */
export interface TextVectorization {
  /** `""`, `"[UNK]"`, then the words. */
  readonly vocabulary: readonly string[];
  readonly standardize: "lower_and_strip_punctuation" | "lower" | "strip_punctuation" | null;
  readonly split: "whitespace" | "character" | null;
  /** Ids of each text, cut or filled at its end; undefined where texts keep their own number. */
  readonly maxLength: number | undefined;
}

/** Gives a text file that lies with the model; undefined where there is none. */
export type ReadAsset = (name: string) => string | undefined;

interface Separated {
  /** The config of the model behind the layer. */
  readonly document: unknown;
  readonly text: TextVectorization | undefined;
}

const CLASS = "TextVectorization";

/** Takes the layer off a model's config, if that has one at its input. */
export function separateText(document: unknown, asset: ReadAsset, file: string): Separated {
  const model = new Fields(document, "", file);
  const className = model.textOr("class_name", "");
  if (!["Sequential", "Functional", "Model"].includes(className) || Array.isArray(model.get("config"))) {
    return { document, text: undefined };
  }
  const config = model.fields("config");
  const layers = config.each("layers");
  const at = layers.findIndex((layer) => layer.get("class_name") === CLASS);
  const isFirst = className !== "Sequential" || at === 0 || (at === 1 && layers[0]!.get("class_name") === "InputLayer");
  if (at < 0 || !isFirst) return { document, text: undefined };
  const layer = layers[at]!;
  const text = readTextVectorization(layer.fields("config"), asset);
  const name = layer.fields("config").text("name");
  const input = {
    class_name: "InputLayer",
    name,
    config: { name, batch_shape: [null, text.maxLength ?? null] },
    inbound_nodes: [],
  };
  const rest = config.list("layers").slice(className === "Sequential" ? at + 1 : 0);
  const own =
    className === "Sequential" ? [input, ...rest] : rest.map((other, index) => (index === at ? input : other));
  const inputs = className === "Sequential" ? {} : { input_layers: [[name, 0, 0]] };
  const kept = Object.fromEntries(config.keys.map((key) => [key, config.get(key)]));
  return { document: { class_name: className, config: { ...kept, layers: own, ...inputs } }, text };
}

function readTextVectorization(config: Fields, asset: ReadAsset): TextVectorization {
  const refuse = (option: string) =>
    new UnsupportedModelError(
      config.file,
      `layer ${config.textOr("name", CLASS)} (${CLASS}): ${option} ${JSON.stringify(config.get(option))?.slice(0, 80)} is not taken over`,
    );
  if (config.textOr("output_mode", "int") !== "int") throw refuse("output_mode");
  if (config.has("ngrams")) throw refuse("ngrams");
  const length = config.get("output_sequence_length") ?? undefined;
  if (length !== undefined && !(Number.isSafeInteger(length) && (length as number) > 0))
    throw refuse("output_sequence_length");
  return {
    vocabulary: vocabularyOf(config, asset),
    standardize: oneOf(
      config,
      "standardize",
      ["lower_and_strip_punctuation", "lower", "strip_punctuation", null],
      refuse,
    ),
    split: oneOf(config, "split", ["whitespace", "character", null], refuse),
    maxLength: length as number | undefined,
  };
}

function oneOf<Choice extends string | null>(
  config: Fields,
  option: string,
  choices: readonly Choice[],
  refuse: (option: string) => Error,
): Choice {
  const value = config.get(option);
  const choice = choices.find((one) => one === (value ?? null));
  if (choice === undefined) throw refuse(option);
  return choice;
}

/** Archives have it as a file; configs only where the layer was made with one, without the two ids that come first. */
function vocabularyOf(config: Fields, asset: ReadAsset): readonly string[] {
  const saved = asset("vocabulary.txt");
  if (saved !== undefined) return saved.split("\n");
  const given = config.get("vocabulary");
  if (Array.isArray(given) && given.every((word): word is string => typeof word === "string")) {
    return given[0] === "" && given[1] === "[UNK]" ? given : ["", "[UNK]", ...given];
  }
  throw new UnsupportedModelError(
    config.file,
    `layer ${config.textOr("name", CLASS)} (${CLASS}) comes without its vocabulary, which .h5 files do not keep; save the model as .keras`,
  );
}

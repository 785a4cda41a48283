/** How an ONNX model of texts is fed, and where its scores are. */
import type { OnnxFeed, OnnxModel, OnnxOutput, OnnxPort, OnnxTensor } from "@cellstate/onnx";
import type { Tokenizer } from "@cellstate/tokenizers";
import { UsageError } from "../../errors.ts";
import { addedTokens, padIdOf, type SpecialTokens } from "../import/special-tokens.ts";

/** How texts of other lengths become rows. */
export interface Filling {
  readonly maxLength: number | undefined;
  readonly padding: "pre" | "post";
  readonly truncating: "pre" | "post";
  readonly padId: number;
  /** Whether the tokenizer puts its own around each text. */
  readonly addSpecialTokens: boolean;
}

/** What a command line says of it. */
type FillingOptions = Partial<Pick<Filling, "maxLength" | "padding" | "truncating">> & {
  readonly specialTokens?: SpecialTokens | undefined;
};

/** As the options say, else as a model that Cellstate wrote says. */
export function fillingOf({ metadata, producer }: OnnxModel, tokenizer: Tokenizer, options: FillingOptions): Filling {
  const said = (key: string) => metadata.get(`cellstate.${key}`);
  const number = (key: string) => (said(key) === undefined ? undefined : Number(said(key)));
  const side = (key: string) => (said(key) === "pre" ? "pre" : "post");
  const isOwn = producer === "cellstate";
  const addsTokens =
    options.specialTokens === undefined
      ? (said("addSpecialTokens") ?? String(!isOwn)) === "true"
      : options.specialTokens === "add";
  return {
    maxLength: options.maxLength ?? number("maxLength"),
    padding: options.padding ?? side("padding"),
    truncating: options.truncating ?? side("truncating"),
    padId: number("padId") ?? padIdOf(tokenizer),
    addSpecialTokens: addsTokens && addedTokens(tokenizer).length > 0,
  };
}

/** The inputs of a model of texts. */
interface TextPorts {
  readonly ids: OnnxPort;
  readonly lengths: OnnxPort | undefined;
  readonly mask: OnnxPort | undefined;
}

/** @throws {UsageError} if the model reads something that no text gives */
export function textPortsOf({ inputs }: OnnxModel): TextPorts {
  const ids = inputs.find(({ shape }) => shape === undefined || shape.length === 2);
  if (ids === undefined) {
    throw new UsageError(
      "the model reads no ids, [batch, time]; open it in a program, with openOnnx of @cellstate/onnx",
    );
  }
  const lengths = inputs.find(({ name, shape }) => shape?.length === 1 && /len/i.test(name));
  const mask = inputs.find((port) => port !== ids && port.shape?.length === 2 && /mask/i.test(port.name));
  const other = inputs.find((port) => port !== ids && port !== lengths && port !== mask);
  if (other !== undefined) {
    throw new UsageError(
      `the model reads ${other.name} beside the ids, which is neither lengths nor a mask; open it in a program, with openOnnx of @cellstate/onnx`,
    );
  }
  return { ids, lengths, mask };
}

/** @throws {UsageError} as `textPortsOf` */
export function feedsOf(model: OnnxModel, ids: readonly number[], options: Filling): Record<string, OnnxFeed> {
  const ports = textPortsOf(model);
  const { row, realCount } = fill(ids, ports.ids, options);
  const firstReal = options.padding === "pre" ? row.length - realCount : 0;
  const isReal = (at: number) => at >= firstReal && at < firstReal + realCount;
  const shape = [1, row.length];
  return {
    [ports.ids.name]: { shape, data: row },
    ...(ports.lengths && { [ports.lengths.name]: { shape: [1], data: [realCount] } }),
    ...(ports.mask && { [ports.mask.name]: { shape, data: row.map((_, at) => Number(isReal(at))) } }),
  };
}

/** A row as long as the option or the model says; never an empty one. */
function fill(ids: readonly number[], { shape }: OnnxPort, options: Filling) {
  const fixed = typeof shape?.[1] === "number" ? shape[1] : undefined;
  const length = options.maxLength ?? fixed ?? Math.max(1, ids.length);
  const kept = options.truncating === "pre" ? ids.slice(Math.max(0, ids.length - length)) : ids.slice(0, length);
  const filling = new Array<number>(length - kept.length).fill(options.padId);
  return { row: options.padding === "pre" ? [...filling, ...kept] : [...kept, ...filling], realCount: kept.length };
}

/** The output `probabilities`, or else the first one. */
export function outputOf({ outputs }: OnnxModel): OnnxOutput {
  return outputs.find((port) => port.name === "probabilities") ?? outputs[0]!;
}

/** The scores of one text. @throws {UsageError} if the output holds something else */
export function scoresOf(model: OnnxModel, results: Readonly<Record<string, OnnxTensor>>): number[] {
  const { name } = outputOf(model);
  const { shape, data } = results[name]!;
  if (shape.slice(0, -1).some((extent) => extent !== 1) || typeof data[0] === "string") {
    throw new UsageError(
      `the output ${name} has shape [${shape.join(", ")}], and that of a network of texts one number for each label`,
    );
  }
  return Array.from(data as ArrayLike<number>);
}

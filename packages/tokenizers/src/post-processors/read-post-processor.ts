/** The closed list of post-processors, read from the `post_processor` value of tokenizer.json. */
import { asArray, asBoolean, asFields, asType, child, optional } from "../json.ts";
import { readByteLevelOptions } from "../pre-tokenizers/byte-level.ts";
import { BertProcessor } from "./bert.ts";
import { ByteLevelProcessor } from "./byte-level.ts";
import type { PostProcessor } from "./post-processor.ts";
import { RobertaProcessor } from "./roberta.ts";
import { PostProcessorSequence } from "./sequence.ts";
import { readTemplateOptions, TemplateProcessor } from "./template.ts";
import { readWrappingToken } from "./wrapping-token.ts";

/** @internal What `type` may be. */
export const POST_PROCESSOR_TYPES = [
  "TemplateProcessing",
  "ByteLevel",
  "BertProcessing",
  "RobertaProcessing",
  "Sequence",
] as const;

/** Without `type`, as in older files, Hugging Face's library knows these, in this order. */
const SHAPES = [
  ["RobertaProcessing", "sep", "cls", "trim_offsets", "add_prefix_space"],
  ["BertProcessing", "sep", "cls"],
  ["TemplateProcessing", "single", "pair", "special_tokens"],
] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readPostProcessor(value: unknown, path: string): PostProcessor {
  const fields = asFields(value, path);
  const type = asType(fields, POST_PROCESSOR_TYPES, SHAPES, path);
  switch (type) {
    case "TemplateProcessing":
      return new TemplateProcessor(readTemplateOptions(fields, path));
    case "ByteLevel":
      return new ByteLevelProcessor(readByteLevelOptions(fields, path));
    case "BertProcessing":
      return new BertProcessor({
        sep: readWrappingToken(fields, "sep", path),
        cls: readWrappingToken(fields, "cls", path),
      });
    case "RobertaProcessing":
      return new RobertaProcessor({
        sep: readWrappingToken(fields, "sep", path),
        cls: readWrappingToken(fields, "cls", path),
        trimOffsets: optional(fields, "trim_offsets", path, asBoolean, true),
        addPrefixSpace: optional(fields, "add_prefix_space", path, asBoolean, true),
      });
    case "Sequence": {
      const at = child(path, "processors");
      const items = asArray(fields.get("processors"), at);
      return new PostProcessorSequence(items.map((item, index) => readPostProcessor(item, child(at, index))));
    }
    default:
      return type satisfies never;
  }
}

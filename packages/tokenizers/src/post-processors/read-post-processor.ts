/** The closed list of post-processors, read from the `post_processor` value of tokenizer.json. */
import { asChoice, asFields, child } from "../json.ts";
import { readByteLevelOptions } from "../pre-tokenizers/byte-level.ts";
import { ByteLevelProcessor } from "./byte-level.ts";
import type { PostProcessor } from "./post-processor.ts";
import { readTemplateOptions, TemplateProcessor } from "./template.ts";

const TYPES = ["TemplateProcessing", "ByteLevel"] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readPostProcessor(value: unknown, path: string): PostProcessor {
  const fields = asFields(value, path);
  const type = asChoice(fields.get("type"), TYPES, child(path, "type"));
  switch (type) {
    case "TemplateProcessing":
      return new TemplateProcessor(readTemplateOptions(fields, path));
    case "ByteLevel":
      return new ByteLevelProcessor(readByteLevelOptions(fields, path));
    default:
      return type satisfies never;
  }
}

/** The closed list of decoders, read from the `decoder` value of tokenizer.json. */
import { asChoice, asFields, child } from "../json.ts";
import { readByteLevelOptions } from "../pre-tokenizers/byte-level.ts";
import { readMetaspaceOptions } from "../pre-tokenizers/read-pre-tokenizer.ts";
import { ByteLevelDecoder } from "./byte-level.ts";
import type { Decoder } from "./decoder.ts";
import { FuseDecoder } from "./fuse.ts";
import { MetaspaceDecoder } from "./metaspace.ts";

const TYPES = ["Fuse", "Metaspace", "ByteLevel"] as const;

/** @throws {TokenizerFormatError} naming the key path, for an unknown type or option */
export function readDecoder(value: unknown, path: string): Decoder {
  const fields = asFields(value, path);
  const type = asChoice(fields.get("type"), TYPES, child(path, "type"));
  switch (type) {
    case "Fuse":
      return new FuseDecoder();
    case "Metaspace":
      return new MetaspaceDecoder(readMetaspaceOptions(fields, path));
    case "ByteLevel":
      return new ByteLevelDecoder(readByteLevelOptions(fields, path));
    default:
      return type satisfies never;
  }
}

/** A token that BertProcessing or RobertaProcessing adds around texts: its name and id. */
import { addedEncoding, type Encoding } from "../encoding/encoding.ts";
import { TokenizerFormatError } from "../errors.ts";
import { asArray, asId, asString, child, type JsonFields } from "../json.ts";

export interface WrappingToken {
  readonly token: string;
  readonly id: number;
}

/** The token as an encoding, to stand between others. */
export function encodingOf({ token, id }: WrappingToken, typeId = 0): Encoding {
  return addedEncoding([id], [token], { typeId });
}

/** As it stands in a tokenizer.json. */
export function wrappingTokenToJson({ token, id }: WrappingToken): [string, number] {
  return [token, id];
}

/** @throws {TokenizerFormatError} naming the key path */
export function readWrappingToken(fields: JsonFields, key: string, path: string): WrappingToken {
  const at = child(path, key);
  const items = asArray(fields.get(key), at);
  if (items.length !== 2) throw new TokenizerFormatError(at, "a token and its id", `an array of ${items.length}`);
  return { token: asString(items[0], child(at, 0)), id: asId(items[1], child(at, 1)) };
}

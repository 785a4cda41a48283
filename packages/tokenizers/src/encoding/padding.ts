/** Brings encodings to equal length with padding tokens. */

import { PaddingError } from "../errors.ts";
import {
  asChoice,
  asFields,
  asId,
  asString,
  child,
  describe,
  type JsonObject,
  type JsonValue,
  optional,
} from "../json.ts";
import { addedEncoding, Encoding } from "./encoding.ts";
import { asDirection, capitalized, DIRECTIONS, type Direction } from "./truncation.ts";

export interface PaddingOptions {
  /** Length in tokens, integer >= 0; or "longest", that of the longest encoding of the batch. Default "longest". */
  readonly length?: number | "longest";
  /** Round the length up to a multiple of this, integer >= 1. Default 1. */
  readonly padToMultipleOf?: number | undefined;
  /** The side that padding is added to. Default "right". */
  readonly direction?: Direction;
  /** Id of the padding token. Default: that of the tokenizer. */
  readonly padId?: number;
  /** Text of the padding token in `tokens`. Default: the token of `padId`. */
  readonly padToken?: string;
  /** Type id of the padding. Default 0. */
  readonly padTypeId?: number;
}

/** The padding token of the options, or by default of the tokenizer. */
export interface PaddingToken {
  readonly padId: number;
  readonly padToken: string;
}

/** The greatest length that encodings are padded to, in tokens: some hundred megabytes each. */
const LONGEST = 2 ** 24;

/**
 * Pads each encoding, and each overflowing part, that is shorter than the length; longer ones stay as they are.
 *
 * @throws {PaddingError} if the length or the multiple is not an integer in range, the direction is unknown, or the
 *   length is more than 2^24 tokens
 */
export function pad(
  encodings: readonly Encoding[],
  options: PaddingOptions,
  { padId, padToken }: PaddingToken,
): Encoding[] {
  const length = targetLength(encodings, options);
  const padOne = (encoding: Encoding): Encoding => {
    const overflowing = encoding.overflowing.map(padOne);
    const missing = Math.max(0, length - encoding.length);
    const padding = addedEncoding(new Array<number>(missing).fill(padId), new Array<string>(missing).fill(padToken), {
      typeId: options.padTypeId ?? 0,
      attention: 0,
    });
    const bare = encoding.withOverflowing([]);
    return Encoding.concat(options.direction === "left" ? [padding, bare] : [bare, padding]).withOverflowing(
      overflowing,
    );
  };
  return encodings.map(padOne);
}

function targetLength(encodings: readonly Encoding[], options: PaddingOptions): number {
  const { length = "longest", padToMultipleOf = 1, direction = "right" } = options;
  if (!DIRECTIONS.includes(direction)) {
    throw new PaddingError(`expected direction to be one of ${DIRECTIONS.join(", ")}, got ${describe(direction)}`);
  }
  if (!Number.isInteger(padToMultipleOf) || padToMultipleOf < 1) {
    throw new PaddingError(`expected padToMultipleOf to be an integer of at least 1, got ${padToMultipleOf}`);
  }
  if (length !== "longest" && (!Number.isInteger(length) || length < 0)) {
    throw new PaddingError(`expected length to be "longest" or an integer of at least 0, got ${length}`);
  }
  const wanted = length === "longest" ? encodings.reduce((most, each) => Math.max(most, each.length), 0) : length;
  const target = Math.ceil(wanted / padToMultipleOf) * padToMultipleOf;
  if (target > LONGEST && encodings.some((encoding) => encoding.length < target)) {
    throw new PaddingError(`expected a length of at most ${LONGEST} tokens to pad to, got ${target}`);
  }
  return target;
}

/** Reads `padding`. */
export function readPadding(value: unknown, path: string): PaddingOptions {
  const fields = asFields(value, path);
  const multiple = optional(fields, "pad_to_multiple_of", path, asId, 0);
  return {
    length: readLength(fields.get("strategy"), child(path, "strategy")),
    direction: optional(fields, "direction", path, asDirection, "right"),
    padToMultipleOf: multiple === 0 ? undefined : multiple,
    padId: optional(fields, "pad_id", path, asId, 0),
    padTypeId: optional(fields, "pad_type_id", path, asId, 0),
    padToken: optional(fields, "pad_token", path, asString, "[PAD]"),
  };
}

/** The value of `padding` in tokenizer.json. */
export function paddingToJson(options: PaddingOptions & PaddingToken): JsonObject {
  const { length = "longest", direction = "right", padToMultipleOf, padId, padToken, padTypeId = 0 } = options;
  const strategy: JsonValue = length === "longest" ? "BatchLongest" : { Fixed: length };
  return {
    strategy,
    direction: capitalized(direction),
    pad_to_multiple_of: padToMultipleOf ?? null,
    pad_id: padId,
    pad_type_id: padTypeId,
    pad_token: padToken,
  };
}

/** `"BatchLongest"` or `{ "Fixed": 128 }`. */
function readLength(value: unknown, path: string): number | "longest" {
  if (typeof value === "object" && value !== null) {
    return asId(asFields(value, path).get("Fixed"), child(path, "Fixed"));
  }
  asChoice(value, ["BatchLongest"], path);
  return "longest";
}

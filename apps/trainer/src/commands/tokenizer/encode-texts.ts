/** Turns texts into ids, one JSON line each. */
import type { EncodeInput, EncodeOptions, Encoding } from "@cellstate/tokenizers";
import { inputTexts } from "../../command-line/inputs.ts";
import { standardOutput, writeAll } from "../../command-line/output.ts";
import { UsageError } from "../../errors.ts";
import { jsonLine } from "../../terminal/json-line.ts";
import type { EncodeTextsOptions } from "../tokenizer.ts";
import { openTokenizer } from "./open-tokenizer.ts";

/**
 * What `cellstate tokenizer encode` does. One JSON line a text: `{ids, tokens, offsets}`, with pairs also `typeIds`, with padding also `attentionMask`, with a
 * length also the windows that overflow; offsets in UTF-16 code units of the text.
 */
export async function encodeTexts(name: string, texts: readonly string[], given: EncodeTextsOptions): Promise<void> {
  const { input, column, pairs = false, pad } = given;
  const options = encodeOptions(given);
  const tokenizer = await openTokenizer(name);
  const each = inputTexts({ texts, input, column });
  const inputs: AsyncIterable<EncodeInput> = pairs ? toPairs(each, texts.length > 0) : each;
  await writeAll(asLines(), standardOutput);

  async function* asLines(): AsyncGenerator<string, void, undefined> {
    const lineOf = (encoding: Encoding) => jsonLine(linesOf(encoding, pairs, pad));
    if (pad === "longest") {
      for (const encoding of tokenizer.encodeBatch(await Array.fromAsync<EncodeInput>(inputs), options)) {
        yield lineOf(encoding);
      }
      return;
    }
    for await (const texts of inputs) {
      const [text, pair] = typeof texts === "string" ? [texts] : texts;
      yield lineOf(tokenizer.encode(text, pair === undefined ? options : { ...options, pair }));
    }
  }
}

/** @throws {UsageError} for an option that does nothing without another */
function encodeOptions(given: EncodeTextsOptions): EncodeOptions {
  const { special = false, maxLength, stride, truncationSide, pad, paddingSide } = given;
  if (maxLength === undefined && stride !== undefined) throw new UsageError("--stride needs --max-length");
  if (maxLength === undefined && truncationSide !== undefined) {
    throw new UsageError("--truncation-side needs --max-length");
  }
  if (pad === undefined && paddingSide !== undefined) throw new UsageError("--padding-side needs --pad");
  return {
    addSpecialTokens: special,
    truncation:
      maxLength === undefined ? null : { maxLength, stride: stride ?? 0, direction: truncationSide ?? "right" },
    padding: pad === undefined ? null : { length: pad, direction: paddingSide ?? "right" },
  };
}

function linesOf(encoding: Encoding, pairs: boolean, pad: EncodeTextsOptions["pad"]): Record<string, unknown> {
  const { ids, tokens, offsets, typeIds, attentionMask, overflowing } = encoding;
  return {
    ids,
    tokens,
    offsets,
    ...(pairs ? { typeIds } : {}),
    ...(pad === undefined ? {} : { attentionMask }),
    ...(overflowing.length === 0 ? {} : { overflowing: overflowing.map((part) => linesOf(part, pairs, pad)) }),
  };
}

/** Arguments two by two; lines have a tab between the texts. */
async function* toPairs(
  texts: AsyncIterable<string>,
  areArguments: boolean,
): AsyncGenerator<readonly [string, string], void, undefined> {
  let first: string | undefined;
  for await (const text of texts) {
    if (!areArguments) yield splitPair(text);
    else if (first === undefined) first = text;
    else {
      yield [first, text];
      first = undefined;
    }
  }
  if (first !== undefined)
    throw new UsageError(`--pairs takes texts two by two; ${JSON.stringify(first)} has no other`);
}

function splitPair(line: string): readonly [string, string] {
  const [text = "", pair, ...rest] = line.split("\t");
  if (pair !== undefined && rest.length === 0) return [text, pair];
  throw new UsageError(
    `--pairs takes lines of two texts with one tab between them, got ${JSON.stringify(line.slice(0, 60))}`,
  );
}

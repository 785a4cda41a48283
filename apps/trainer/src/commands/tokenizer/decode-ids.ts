/** Turns ids back into text. */
import { inputLines } from "../../command-line/inputs.ts";
import { standardOutput, writeAll } from "../../command-line/output.ts";
import { UsageError } from "../../errors.ts";
import type { DecodeIdsOptions } from "../tokenizer.ts";
import { openTokenizer } from "./open-tokenizer.ts";

/** What `cellstate tokenizer decode` does: one text a line of ids, numbers, or the JSON lines that `encode` writes. */
export async function decodeIds(
  name: string,
  ids: readonly string[],
  { input, keepSpecial }: DecodeIdsOptions,
): Promise<void> {
  const tokenizer = await openTokenizer(name);
  const given = ids.length > 0 ? [ids.join(" ")] : [];
  const lines = inputLines({ texts: given, input, what: "ids" });
  await writeAll(asTexts(), standardOutput);

  async function* asTexts(): AsyncGenerator<string, void, undefined> {
    for await (const line of lines) {
      yield `${tokenizer.decode(parseIds(line), { skipSpecialTokens: keepSpecial !== true })}\n`;
    }
  }
}

/** @throws {UsageError} naming what is not an id */
function parseIds(line: string): number[] {
  const text = line.trim();
  if (text.startsWith("{") || text.startsWith("[")) return idsOfJson(text);
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map((word) => {
      if (!/^\d+$/.test(word)) throw new UsageError(`expected ids such as 17 4 256, got ${JSON.stringify(word)}`);
      return Number(word);
    });
}

function idsOfJson(text: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`expected ids, or a JSON line with ids, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  const ids = Array.isArray(value) ? value : (value as { ids?: unknown }).ids;
  if (!Array.isArray(ids) || !ids.every((id) => Number.isSafeInteger(id) && id >= 0)) {
    throw new UsageError(`expected a list of ids, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  return ids;
}

/** What each tokenizer is asked: all texts as they are, and fewer of them under truncation and padding. */
import { DIRECTIONS, type JsonObject, TRUNCATION_STRATEGIES, type TruncationOptions } from "@cellstate/tokenizers";
import type { Request } from "./rows.ts";

export interface Case {
  readonly name: string;
  readonly truncation: TruncationOptions | null;
  /** As in tokenizer.json. */
  readonly padding: JsonObject | null;
  /** How many requests are encoded together. */
  readonly batch: number;
  /** The file with the requests. */
  readonly requests: "requests.json" | "short-requests.json";
}

export const plain: Case = { name: "plain", truncation: null, padding: null, batch: 1, requests: "requests.json" };

/** Every text; some in a pair with the one before, some without special tokens. */
export function requestsFor(texts: readonly string[]): Request[] {
  return texts.map((text, index) => ({
    text,
    ...(index % 5 === 4 ? { pair: texts[index - 1] ?? "" } : {}),
    special: index % 7 !== 6,
  }));
}

/** Short texts, alone and in pairs, all with special tokens. */
export function shortRequestsFor(texts: readonly string[], count: number): Request[] {
  const short = texts.map((text) => Array.from(text).slice(0, 24).join("")).slice(0, count);
  return short.map((text, index) => ({
    text,
    ...(index % 3 === 0 ? {} : { pair: short[(7 * index) % short.length] ?? "" }),
    special: true,
  }));
}

export function truncationCases(): Case[] {
  const cases: Case[] = [];
  for (const strategy of TRUNCATION_STRATEGIES) {
    for (const direction of DIRECTIONS) {
      for (const [maxLength, stride] of [
        [5, 0],
        [9, 2],
        [20, 5],
        [60, 7],
      ] as const) {
        const name = `truncation-${strategy}-${direction}-${maxLength}-${stride}`;
        const truncation = { direction, maxLength, strategy, stride, stopEarly: true };
        cases.push({ name, truncation, padding: null, batch: 1, requests: "short-requests.json" });
      }
    }
  }
  return cases;
}

export function paddingCases(): Case[] {
  const pad = { pad_id: 1, pad_type_id: 3, pad_token: "<pad>" };
  const shapes = [
    { direction: "Right", strategy: "BatchLongest", pad_to_multiple_of: null },
    { direction: "Left", strategy: "BatchLongest", pad_to_multiple_of: 8 },
    { direction: "Left", strategy: { Fixed: 17 }, pad_to_multiple_of: null },
    { direction: "Right", strategy: { Fixed: 30 }, pad_to_multiple_of: 16 },
  ];
  const truncations: (TruncationOptions | null)[] = [null, { maxLength: 24, stride: 3, stopEarly: true }];
  return shapes.flatMap((shape, index) =>
    truncations.map((truncation) => ({
      name: `padding-${index}${truncation === null ? "" : "-truncated"}`,
      truncation,
      padding: { ...shape, ...pad },
      batch: 4,
      requests: "short-requests.json" as const,
    })),
  );
}

/** What one process is asked to measure: JSON as its last argument, for our own workers and for those of peers. */

import type { LayerSizes, Product } from "./flops.ts";
import type { LayoutName } from "./reviews.ts";
import type { LanguageModelSizes, ShapeName } from "./shapes.ts";

interface Common {
  readonly threads: number;
  /** Of each thing that is timed, after a warm-up of a quarter of them. */
  readonly seconds: number;
}

export type Request = Common &
  (
    | { readonly task: "step"; readonly shape: ShapeName }
    | { readonly task: "fit" }
    | { readonly task: "layers"; readonly layers: Readonly<Record<string, LayerSizes>> }
    | { readonly task: "products"; readonly products: Readonly<Record<string, Product>> }
    | { readonly task: "slopes"; readonly sizes: Readonly<Record<string, LanguageModelSizes>> }
    | { readonly task: "inference" }
    | { readonly task: "memory"; readonly shape: ShapeName; readonly steps: number }
    | { readonly task: "peak" }
  );

export type RequestOf<Task extends Request["task"]> = Extract<Request, { task: Task }>;

/** What inference is timed of. `sentiment`: shape a's model on 50 words; `greedy` and `beam`: 20 tokens of shape d's model, beams of 5. */
export type InferenceModel = "sentiment" | "greedy" | "beam";

/** What comes back, as one line of JSON: numbers by name, whose medians over rounds are taken one by one. */
export type Measurement = Readonly<Record<string, number>>;

/** What a process is asked to measure of a tokenizer; `tokenizer` and `texts` are paths of files. */
export type TokenizerRequest =
  | { readonly task: "encode"; readonly tokenizer: string; readonly texts: string; readonly offsets: boolean }
  | { readonly task: "file"; readonly tokenizer: string; readonly texts: string }
  | { readonly task: "decode"; readonly tokenizer: string; readonly texts: string }
  | { readonly task: "train"; readonly layout: LayoutName; readonly texts: string }
  | { readonly task: "long word"; readonly tokenizer: string; readonly lengths: readonly number[] }
  | { readonly task: "added tokens"; readonly tokenizer: string; readonly texts: string; readonly count: number }
  | { readonly task: "memory"; readonly tokenizer: string; readonly texts: string };

export type TokenizerRequestOf<Task extends TokenizerRequest["task"]> = Extract<TokenizerRequest, { task: Task }>;

/** What a report shows of a language model: texts that it wrote, where in the text it was surprised, and what is hard to foresee. */
import type { CurvesSection, ReportSection, TableSection, TextsSection } from "../report-section.ts";
import type { GenerateOptions } from "../task.ts";
import type { SampleConfig } from "./config.ts";
import { meanOf } from "./evaluation/segments.ts";
import type { TextLoss } from "./metrics.ts";
import type { TextExample } from "./segments.ts";

/** Texts that are shown at most, and characters of each. */
const SHOWN = 10;
const SHOWN_LENGTH = 200;

export interface ReportContext {
  readonly split: string;
  readonly sample: SampleConfig;
  readonly generate: (prompt: string, options: GenerateOptions) => AsyncIterable<string>;
}

export async function reportTexts(
  losses: readonly TextLoss[],
  examples: readonly TextExample[],
  context: ReportContext,
): Promise<ReportSection[]> {
  const scored = examples.flatMap((example, row) => {
    const loss = meanOf(losses[row]!, example);
    return loss === undefined ? [] : [{ example, loss }];
  });
  return [
    ...(context.sample.texts === 0 ? [] : [await samples(context)]),
    ...(scored.length < 2 ? [] : [lossCurve(scored, context.split)]),
    leastLikely(scored, context.split),
  ];
}

async function samples({ sample, generate }: ReportContext): Promise<TextsSection> {
  const texts: string[] = [];
  for (let text = 0; text < sample.texts; text++) {
    let written = "";
    const { length, temperature } = sample;
    for await (const piece of generate("", { length, temperature, seed: sample.seed + text })) written += piece;
    texts.push(written);
  }
  return {
    kind: "texts",
    title: "Written by the model",
    note: `Each from an empty prompt, at temperature ${sample.temperature}.`,
    texts,
  };
}

interface Scored {
  readonly example: TextExample;
  readonly loss: number;
}

function lossCurve(scored: readonly Scored[], split: string): CurvesSection {
  return {
    kind: "curves",
    title: `Loss through ${split}`,
    note: "Nats a token of each piece of the text, in its order.",
    xLabel: "piece",
    series: [{ name: "loss", points: scored.map(({ example, loss }) => ({ x: example.index, y: loss })) }],
  };
}

function leastLikely(scored: readonly Scored[], split: string): TableSection {
  return {
    kind: "table",
    title: `Least likely texts of ${split}`,
    columns: [{ title: "index", isNumber: true }, { title: "text" }, { title: "nats a token", isNumber: true }],
    rows: scored
      .toSorted((a, b) => b.loss - a.loss)
      .slice(0, SHOWN)
      .map(({ example: { index, text }, loss }) => [index, shortened(text), loss.toFixed(3)]),
  };
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= SHOWN_LENGTH ? text : `${characters.slice(0, SHOWN_LENGTH).join("")}…`;
}

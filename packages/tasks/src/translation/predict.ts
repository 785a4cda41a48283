/** From sources to translations, and to the loss of the references where there are some. */
import { padIds } from "@cellstate/lstm-core";
import { beamSearch, type Seq2Seq } from "@cellstate/seq2seq";
import type { Tokenizer } from "@cellstate/tokenizers";
import type { HeatMap } from "../report-section.ts";
import type { TranslationConfig } from "./config.ts";
import type { PairExample, TokenizerPair } from "./data.ts";
import { type ReferenceLoss, referenceLosses } from "./reference-loss.ts";
import { UnknownReplacer } from "./unknown-replacement.ts";

/** A translator's answer for one source. */
export interface Translation {
  readonly text: string;
  /** Undefined where there is no reference. */
  readonly referenceLoss: ReferenceLoss | undefined;
}

type Decode = (source: string, hypothesis: Parameters<UnknownReplacer["decode"]>[1]) => string;

/** The answers to a batch; a source without tokens translates to an empty text. */
export async function translate(
  { search, unknownReplacement }: TranslationConfig,
  fitted: TokenizerPair,
  model: Seq2Seq,
  examples: readonly PairExample[],
): Promise<Translation[]> {
  const decode = makeDecode(fitted, unknownReplacement);
  const sources = padIds(
    examples.map(({ sourceIds }) => sourceIds),
    model.source.padId,
  );
  const found = await beamSearch(model, sources, search);
  const losses = await lossesOf(model, examples);
  return examples.map(({ source, sourceIds }, row) => ({
    text: sourceIds.length === 1 ? "" : decode(source, found[row]![0]!),
    referenceLoss: losses.get(row),
  }));
}

/** What the best translation of one source looked at. */
export async function attentionOf(
  { search }: TranslationConfig,
  fitted: TokenizerPair,
  model: Seq2Seq,
  { sourceIds }: PairExample,
): Promise<HeatMap> {
  const [hypotheses] = await beamSearch(model, padIds([sourceIds], model.source.padId), search);
  const { ids, attentionWeights } = hypotheses![0]!;
  return {
    columns: spell(fitted.source, sourceIds),
    rows: spell(fitted.target, ids),
    values: attentionWeights.slice(0, ids.length),
  };
}

function spell(tokenizer: Tokenizer, ids: readonly number[]): string[] {
  return ids.map((id) => tokenizer.idToToken(id) ?? "");
}

function makeDecode({ source, target }: TokenizerPair, unknownReplacement: boolean): Decode {
  if (!unknownReplacement) return (_source, { ids }) => target.decode(ids, { skipSpecialTokens: false });
  const replacer = new UnknownReplacer(source, target);
  return (text, hypothesis) => replacer.decode(text, hypothesis);
}

/** The losses of examples that have references, by their place in the batch. */
async function lossesOf(model: Seq2Seq, examples: readonly PairExample[]): Promise<Map<number, ReferenceLoss>> {
  const places = [...examples.keys()].filter((place) => examples[place]!.targetIds !== undefined);
  if (places.length === 0) return new Map();
  const losses = await referenceLosses(
    model,
    places.map((place) => examples[place]!.sourceIds),
    places.map((place) => examples[place]!.targetIds!),
  );
  return new Map(places.map((place, index) => [place, losses[index]!]));
}

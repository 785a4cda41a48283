/** From sources to translations, and to the loss of the references where there are some. */
import { padIds } from "@cellstate/lstm-core";
import { beamSearch, type Seq2Seq } from "@cellstate/seq2seq";
import type { Tokenizer } from "@cellstate/tokenizers";
import { inLengthOrder } from "../in-length-order.ts";
import type { AttentionMap } from "../task.ts";
import type { TranslationConfig } from "./config.ts";
import type { FittedTranslation, PairExample } from "./data.ts";
import { type ReferenceLoss, referenceLosses } from "./reference-loss.ts";
import { UnknownReplacer } from "./unknown-replacement.ts";

/** Sources searched together; the answers do not depend on it. */
const BATCH_SIZE = 64;

/** A translator's answer for one source. */
export interface Translation {
  readonly text: string;
  /** Undefined where there is no reference. */
  readonly referenceLoss: ReferenceLoss | undefined;
}

type Decode = (source: string, hypothesis: Parameters<UnknownReplacer["decode"]>[1]) => string;

/** A source without tokens translates to an empty text. */
export async function translate(
  { search, unknownReplacement }: TranslationConfig,
  fitted: FittedTranslation,
  model: Seq2Seq,
  examples: readonly PairExample[],
): Promise<Translation[]> {
  const decode = makeDecode(fitted, unknownReplacement);
  const texts = await inLengthOrder(lengthsOf(examples), BATCH_SIZE, async (indices) => {
    const batch = indices.map((index) => examples[index]!);
    const sources = padIds(
      batch.map(({ sourceIds }) => sourceIds),
      model.source.padId,
    );
    const found = await beamSearch(model, sources, search);
    return batch.map(({ source, sourceIds }, row) => (sourceIds.length === 1 ? "" : decode(source, found[row]![0]!)));
  });
  const losses = await lossesOf(model, examples);
  return texts.map((text, index) => ({ text, referenceLoss: losses.get(index) }));
}

/** What the best translation of one source looked at. */
export async function attentionOf(
  { search }: TranslationConfig,
  fitted: FittedTranslation,
  model: Seq2Seq,
  { sourceIds }: PairExample,
): Promise<AttentionMap> {
  const [hypotheses] = await beamSearch(model, padIds([sourceIds], model.source.padId), search);
  const { ids, attentionWeights } = hypotheses![0]!;
  return {
    source: spell(fitted.source, sourceIds),
    target: spell(fitted.target, ids),
    weights: attentionWeights.slice(0, ids.length),
  };
}

function spell(tokenizer: Tokenizer, ids: readonly number[]): string[] {
  return ids.map((id) => tokenizer.idToToken(id) ?? "");
}

function makeDecode({ source, target }: FittedTranslation, unknownReplacement: boolean): Decode {
  if (!unknownReplacement) return (_source, { ids }) => target.decode(ids, { skipSpecialTokens: false });
  const replacer = new UnknownReplacer(source, target);
  return (text, hypothesis) => replacer.decode(text, hypothesis);
}

/** The losses of examples that have references, by their place in the list. */
async function lossesOf(model: Seq2Seq, examples: readonly PairExample[]): Promise<Map<number, ReferenceLoss>> {
  const places = [...examples.keys()].filter((place) => examples[place]!.targetIds !== undefined);
  const losses = await inLengthOrder(lengthsOf(places.map((place) => examples[place]!)), BATCH_SIZE, (indices) => {
    const batch = indices.map((index) => examples[places[index]!]!);
    return referenceLosses(
      model,
      batch.map(({ sourceIds }) => sourceIds),
      batch.map(({ targetIds }) => targetIds!),
    );
  });
  return new Map(places.map((place, index) => [place, losses[index]!]));
}

function lengthsOf(examples: readonly PairExample[]): number[] {
  return examples.map(({ sourceIds }) => sourceIds.length);
}

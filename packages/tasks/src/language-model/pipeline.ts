/** What a language model learns before it trains, and what it is built of. */
import type { Records } from "@cellstate/data";
import type { BatchLoss, StepContext } from "@cellstate/lstm-core";
import { mul, reshape } from "@cellstate/tensor";
import type { ReadFile, Tokenizer } from "@cellstate/tokenizers";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { Components } from "../plugin/components.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts } from "../task-parts.ts";
import { tokensOf } from "../vectors/words.ts";
import { type LearnedNgrams, learnedNgrams, learnNgrams, ngramModels } from "./baselines/baselines.ts";
import { LANGUAGE_MODEL, type LanguageModelConfig } from "./config.ts";
import { evaluateInOrder } from "./evaluation/evaluate.ts";
import { lossesOf } from "./evaluation/segments.ts";
import { generateText } from "./generation/generate.ts";
import { scoredTokens, scoreTexts, type TextLoss } from "./metrics.ts";
import { LanguageModel } from "./model.ts";
import { readTextLine, textLine } from "./prediction-line.ts";
import { reportTexts } from "./report.ts";
import { examplesOf, type TextExample, textExample } from "./segments.ts";
import { StreamStates } from "./stream-states.ts";
import { type StreamBatch, StreamBatches } from "./streams.ts";
import { trainingText } from "./training-text.ts";
import { fitVocabulary, type LanguageFields, Vocabulary } from "./vocabulary.ts";

const TOKENIZER_FILE = "tokenizer.json";
type LanguagePipeline = PipelineParts<LanguageFields, TextExample, StreamBatch, TextLoss>;
type LanguageParts = ModelParts<TextExample, StreamBatch, TextLoss>;

/** The pipeline of a language model that is to be trained: learns its tokenizer from the train split. */
export async function fitPipeline(
  config: LanguageModelConfig,
  components: Components,
  train: Records<LanguageFields>,
  read: ReadFile,
): Promise<LanguagePipeline> {
  return pipelineOf(config, await fitVocabulary(config, train, read), components);
}

/** The pipeline of a saved language model. */
export function loadPipeline(
  config: LanguageModelConfig,
  components: Components,
  files: FileContents,
): LanguagePipeline {
  return pipelineOf(config, loadTokenizer(files, TOKENIZER_FILE, config.tokenizer), components);
}

function pipelineOf(config: LanguageModelConfig, tokenizer: Tokenizer, components: Components): LanguagePipeline {
  const vocabulary = new Vocabulary(tokenizer, config);
  return {
    save: () => new Map([[TOKENIZER_FILE, encodeFile(tokenizer.stringify())]]),
    usesSegmenter: tokenizer.usesSegmenter,
    encodeAll: (records, { split }) => examplesOf(records, config, vocabulary, split),
    encodeInput: ({ values: { text } }, index) => textExample(text, index, vocabulary),
    size: scoredTokens,
    rowNames: () => new Map([["embedding.weight", tokensOf(tokenizer)]]),
    forOtherTasks: ["embedding.*", "encoder.*"],
    build: (session, rng) =>
      modelOf(
        config,
        vocabulary,
        new LanguageModel(session, {
          config: config.model,
          vocabSize: vocabulary.size,
          components,
          stream: rng.stream("model"),
        }),
      ),
    score: scoreTexts,
    baselines: {
      schema: learnedNgrams,
      fit: (train) => learnNgrams(train, vocabulary, vocabulary.isByCharacter),
      models: (learned) => ngramModels(learned as LearnedNgrams),
    },
    line: textLine,
    readLine: readTextLine,
  };
}

function modelOf(config: LanguageModelConfig, vocabulary: Vocabulary, model: LanguageModel): LanguageParts {
  const { streams, sample, evaluation } = config;
  const states = new StreamStates(model.session, model.encoder);
  const inOrder = evaluateInOrder(model, evaluation);
  const generate: LanguageParts["generate"] = (prompt, options) => generateText(model, vocabulary, prompt, options);
  const { encoder, tieEmbeddings, output } = config.model;
  const { startId, endId, isByLine } = vocabulary;
  return {
    module: model,
    network: {
      kind: "languageModel",
      encoder,
      tieEmbeddings,
      output: output.kind,
      facts: { task: LANGUAGE_MODEL, startId, endId, unit: isByLine ? "line" : "stream" },
    },
    batches: async (train, { batchSize, seed }) =>
      new StreamBatches(await trainingText(train, vocabulary, seed), {
        rows: batchSize,
        streams,
        seed,
        carried: states,
      }),
    loss: (batch, step) => lossInStream(model, states, batch, { step, bptt: streams.bptt }),
    predictBatch: (examples) => lossesOf(model, examples, vocabulary.size),
    ...(inOrder === undefined ? {} : { predictSplit: inOrder }),
    generate,
    report: (losses, examples, split) => reportTexts(losses, examples, { split, sample, generate }),
  };
}

/**
 * Cross-entropy of a batch that goes on from the states of the one before it. The gradient of a batch that is longer or shorter than
 * `bptt` is as much larger or smaller (Merity et al. 2018, section 4.1).
 */
function lossInStream(
  model: LanguageModel,
  states: StreamStates,
  batch: StreamBatch,
  { step, bptt }: { readonly step: StepContext; readonly bptt: number },
): BatchLoss {
  states.reset(batch.resets);
  const { features, state } = model.forward(batch, step, states.take());
  states.keep(state);
  const count = batch.next.length;
  const loss = model.output.loss(reshape(features, [count, model.encoder.outputSize]), batch.next);
  const share = batch.steps / bptt;
  return { loss, count, ...(share === 1 ? {} : { penalty: mul(loss, share - 1) }) };
}

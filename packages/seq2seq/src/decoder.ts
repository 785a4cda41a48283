/**
 * The decoder: recurrent layers that look at the source at each step and are fed their last look (Luong, Pham & Manning 2015,
 * sections 3.1 and 3.3). It remembers nothing: a step takes a state and returns the next one.
 */
import {
  buildRecurrent,
  type CellChoice,
  Dropout,
  Embedding,
  EmbeddingDropout,
  hasOutputPenalties,
  Linear,
  type Module,
  namedParameters,
  type OutputPenaltyFactors,
  penalizeOutput,
  type RecurrentModule,
  type RecurrentState,
  type StepContext,
} from "@cellstate/lstm-core";
import type { EmbeddingConfig } from "@cellstate/lstm-core/config";
import {
  type AttentionalLstmOutput,
  type AttentionalLstmWeights,
  attentionalLstm,
  concat,
  type LstmState,
  likeliest,
  linear,
  type OptionNames,
  poolOverTime,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  slice,
  squeeze,
  stack,
  type Tensor,
  tanh,
  unsqueeze,
} from "@cellstate/tensor";
import type { Attention, AttentionMemory } from "./attention/attention.ts";
import { attentionKinds } from "./attention/kinds.ts";
import { attentionalLstmWeights } from "./attentional-lstm-weights.ts";
import type { AttentionConfig, DecoderConfig } from "./config.ts";
import { withDropoutBetweenLayers } from "./dropout-between-layers.ts";
import type { Encoded } from "./encoder.ts";

export interface TargetVocabulary {
  readonly vocabSize: number;
  readonly padId: number;
  /** What the decoder reads before the first token. */
  readonly bosId: number;
  /** What the decoder writes after the last token. */
  readonly eosId: number;
}

/** What one step hands to the next. */
export interface DecoderState {
  /** One for each layer. */
  readonly layers: readonly RecurrentState[];
  /** `[batch, attentionalSize]`: `tanh(W [context; hiddenState])`, before its dropout. */
  readonly attentional: Tensor;
}

export interface DecoderStep {
  readonly state: DecoderState;
  /** `[batch, srcLen]` */
  readonly attentionWeights: Tensor;
}

export interface DecoderOptions {
  readonly vocabulary: TargetVocabulary;
  readonly embedding: EmbeddingConfig;
  readonly attention: AttentionConfig;
  readonly decoder: DecoderConfig;
  /** Features of the encoder's outputs. */
  readonly encoderSize: number;
  readonly stream: RandomStream;
  /** Kinds of layers besides those that come along. Default: none. */
  readonly cells?: readonly CellChoice[] | undefined;
}

const optionNames: OptionNames<DecoderOptions> = {
  vocabulary: true,
  embedding: true,
  attention: true,
  decoder: true,
  encoderSize: true,
  stream: true,
  cells: true,
};

export class Decoder implements Module {
  readonly embedding: Embedding;
  readonly recurrent: RecurrentModule;
  readonly attention: Attention;
  /** Mean of the encoder's outputs to the first hidden states of all layers. */
  readonly bridge: Linear;
  /** `[context; hiddenState]` to the attentional vector. */
  readonly combine: Linear;
  readonly outputWeight: Tensor;
  readonly outputBias: Tensor;
  readonly attentionalSize: number;
  readonly #session: Session;
  readonly #kind: DecoderConfig["kind"];
  readonly #inputFeeding: boolean;
  /** All weights of the steps, where one op makes them all; undefined where they are composed. */
  readonly #attentionalWeights: AttentionalLstmWeights | undefined;
  readonly #output: Module;
  /** Of the recurrent layers' outputs, which only a whole walk sees together. */
  readonly #penalties: OutputPenaltyFactors;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #attentionalDropout: Dropout;

  /** @throws {OptionError} if an option is unknown or outside its range */
  constructor(session: Session, options: DecoderOptions) {
    requireKnownOptions("Decoder", options, optionNames);
    const { vocabulary, embedding, attention, decoder, encoderSize, stream, cells } = options;
    const { hiddenSize, numLayers, inputFeeding, tieEmbeddings } = decoder;
    this.#session = session;
    this.#inputFeeding = inputFeeding;
    this.attentionalSize = tieEmbeddings ? embedding.size : hiddenSize;
    this.embedding = new Embedding(session, {
      vocabSize: vocabulary.vocabSize,
      embeddingSize: embedding.size,
      // Tied, the vector of padding is also an output weight, which must be free to learn.
      ...(tieEmbeddings ? {} : { paddingIndex: vocabulary.padId }),
      stream: stream.fork("embedding"),
    });
    const { activationPenalty, temporalActivationPenalty, ...layers } = withDropoutBetweenLayers(decoder);
    this.#penalties = { activationPenalty, temporalActivationPenalty };
    this.recurrent = buildRecurrent(session, layers, {
      inputSize: embedding.size + (inputFeeding ? this.attentionalSize : 0),
      stream: stream.fork(decoder.kind),
      cells,
    });
    this.#kind = decoder.kind;
    const { stateSize } = this.recurrent;
    this.attention = new attentionKinds[attention.kind](session, {
      querySize: stateSize,
      valueSize: encoderSize,
      stream: stream.fork("attention"),
    });
    this.bridge = new Linear(session, {
      inputSize: encoderSize,
      outputSize: numLayers * stateSize,
      stream: stream.fork("bridge"),
    });
    this.combine = new Linear(session, {
      inputSize: encoderSize + stateSize,
      outputSize: this.attentionalSize,
      bias: false,
      stream: stream.fork("combine"),
    });
    this.#attentionalWeights = attentionalLstmWeights(this.recurrent, this.attention, this.combine);
    if (tieEmbeddings) {
      this.outputWeight = this.embedding.weight;
      this.outputBias = session.zeros([vocabulary.vocabSize], { requiresGrad: true });
      const bias = this.outputBias;
      this.#output = { parameters: () => namedParameters({ bias }) };
    } else {
      const output = new Linear(session, {
        inputSize: this.attentionalSize,
        outputSize: vocabulary.vocabSize,
        stream: stream.fork("output"),
      });
      this.outputWeight = output.weight;
      this.outputBias = output.bias!;
      this.#output = output;
    }
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#attentionalDropout = new Dropout(decoder.dropout, stream.fork("attentional_dropout"));
  }

  /** The state before the first token: hidden states from the mean of the source, all else zero. */
  start({ outputs, lengths }: Encoded): DecoderState {
    const { stateSize, numLayers } = this.recurrent;
    const hidden = tanh(this.bridge.forward(poolOverTime(outputs, "mean", lengths))); // [batch, numLayers * stateSize]
    const layers = Array.from({ length: numLayers }, (_, layer) =>
      this.recurrent.startState(
        numLayers === 1 ? hidden : slice(hidden, 1, layer * stateSize, (layer + 1) * stateSize),
      ),
    );
    return { layers, attentional: this.#session.zeros([lengths.length, this.attentionalSize]) };
  }

  /**
   * One token further.
   *
   * @param vectors  `[batch, embeddingSize]`: vectors of the tokens read
   * @param time     place of those tokens in their rows, part of the address of dropout
   */
  step(vectors: Tensor, previous: DecoderState, memory: AttentionMemory, step: StepContext, time: number): DecoderStep {
    if (this.#attentionalWeights) {
      const { output, attentionWeights, hiddenState, cellState } = this.#attend(
        unsqueeze(vectors, 1),
        previous,
        memory,
      );
      const state = { layers: [{ hiddenState, cellState }], attentional: squeeze(output, 1) };
      return { state, attentionWeights: squeeze(attentionWeights, 1) };
    }
    const input = this.#inputFeeding ? concat([vectors, previous.attentional], 1) : vectors; // [batch, inputSize]
    const { state: layers } = this.recurrent.forward(reshape(input, [input.shape[0]!, 1, input.shape[1]!]), {
      initialState: previous.layers,
      step,
      timeOffset: time,
    });
    const { hiddenState } = layers.at(-1)!; // [batch, stateSize]
    const { context, attentionWeights } = this.attention.attend(hiddenState, memory);
    const attentional = tanh(this.combine.forward(concat([context, hiddenState], 1))); // [batch, attentionalSize]
    return { state: { layers, attentional }, attentionWeights };
  }

  /**
   * Walks over given tokens and returns the attentional vectors of all steps, ready for `logits`.
   *
   * @param ids      int32 `[batch, tgtLen]`: the tokens read, each row starting with `bosId`
   * @param lengths  `[batch]`: real tokens of each row, of which alone outputs are penalized. Default: all
   * @returns `[batch, tgtLen, attentionalSize]`, dropout applied
   */
  walk(encoded: Encoded, ids: Tensor, step: StepContext, lengths?: Int32Array): Tensor {
    const memory = this.attention.prepare(encoded);
    const vectors = this.#embeddingDropout.forward(this.embedding.forward(ids), ids, step); // [batch, tgtLen, embeddingSize]
    const start = this.start(encoded);
    const attentionals =
      this.#attentionalWeights && !this.#showsStates(step)
        ? this.#attend(vectors, start, memory).output
        : this.#walkSteps(vectors, start, memory, step, lengths);
    return this.#attentionalDropout.forward(attentionals, step);
  }

  /** All steps over `vectors`, `[batch, time, embeddingSize]`, as one op. */
  #attend(vectors: Tensor, { layers, attentional }: DecoderState, memory: AttentionMemory): AttentionalLstmOutput {
    const state = layers[0] as LstmState;
    return attentionalLstm(vectors, this.#attentionalWeights!, memory, {
      hiddenState: state.hiddenState,
      cellState: state.cellState,
      attentional: this.#inputFeeding ? attentional : undefined,
    });
  }

  /** Whether hidden states are penalized, which the one op does not give; step by step the bits are the same. */
  #showsStates({ training }: StepContext): boolean {
    return training && hasOutputPenalties(this.#penalties);
  }

  /** The same step by step. */
  #walkSteps(
    vectors: Tensor,
    start: DecoderState,
    memory: AttentionMemory,
    step: StepContext,
    lengths: Int32Array | undefined,
  ): Tensor {
    const [batchSize = 0, tgtLen = 0, embeddingSize = 0] = vectors.shape;
    const attentionals: Tensor[] = [];
    const hiddenStates: Tensor[] = [];
    const showsStates = this.#showsStates(step);
    let state = start;
    for (let time = 0; time < tgtLen; time++) {
      const current = reshape(slice(vectors, 1, time, time + 1), [batchSize, embeddingSize]);
      state = this.step(current, state, memory, step, time).state;
      attentionals.push(state.attentional);
      if (showsStates) hiddenStates.push(state.layers.at(-1)!.hiddenState);
    }
    if (showsStates) penalizeOutput("Decoder", stack(hiddenStates, 1), this.#penalties, { step, lengths });
    return stack(attentionals, 1);
  }

  /** Raw scores of the next token: `[n, attentionalSize]` to `[n, vocabSize]`. */
  logits(attentional: Tensor): Tensor {
    return linear(attentional, this.outputWeight, this.outputBias);
  }

  /** The likeliest next tokens, int32 `[n]`, the given ids left out: those that `logits` tells, found sooner where n is small. */
  likeliest(attentional: Tensor, excluded: readonly number[]): Tensor {
    return likeliest(attentional, this.outputWeight, { bias: this.outputBias, excluded });
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({
      embedding: this.embedding,
      [this.#kind]: this.recurrent,
      attention: this.attention,
      bridge: this.bridge,
      combine: this.combine,
      output: this.#output,
    });
  }
}

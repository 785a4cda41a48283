/** Reads one token after the other into a state that stays where it is. */
import { evaluationStep } from "@cellstate/lstm-core";
import { assign, type RecurrentState, reshape, type Scope, slice, type Tensor } from "@cellstate/tensor";
import type { LanguageModel } from "../model.ts";
import { zeroStates } from "../stream-states.ts";

/** Tokens of a prompt that are read at once. */
const STRETCH = 512;

export class Stepper implements Disposable {
  readonly #model: LanguageModel;
  readonly #scope: Scope;
  readonly #state: readonly RecurrentState[];

  constructor(model: LanguageModel) {
    this.#model = model;
    this.#scope = model.session.scope();
    this.#state = zeroStates(model.session, model.encoder, 1);
  }

  /** Reads tokens, at least one, and gives the scores of what may follow, `[vocabSize]`. */
  read(ids: readonly number[]): ArrayLike<number> {
    for (let start = 0; start + STRETCH < ids.length; start += STRETCH) this.#read(ids.slice(start, start + STRETCH));
    const rest = ids.length % STRETCH === 0 ? STRETCH : ids.length % STRETCH;
    return this.#read(ids.slice(-rest));
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #read(ids: readonly number[]): ArrayLike<number> {
    const { session, output, encoder } = this.#model;
    using _scope = session.scope();
    using _ = session.noGrad();
    const steps = ids.length;
    const read = Int32Array.from(ids);
    const { features, state } = this.#model.forward({ read, rows: 1, steps }, evaluationStep, this.#state);
    for (const [layer, own] of this.#state.entries()) assignAll(own, state[layer]!);
    const last = steps === 1 ? features : slice(features, 1, steps - 1, steps);
    return output.scores(reshape(last, [1, encoder.outputSize])).readSync();
  }
}

function assignAll(own: RecurrentState, next: RecurrentState): void {
  const tensors = next as unknown as Readonly<Record<string, Tensor>>;
  for (const [name, tensor] of Object.entries(own)) assign(tensor as Tensor, tensors[name]!);
}

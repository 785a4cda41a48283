/**
 * Forecasts step by step: what is forecast for one step is read before the next. Recurrent layers that go on over their own forecasts
 * (`recursive`), or a decoder that begins from the state that an encoder ended in (`seq2seq`: Sutskever et al. 2014). In training they read true
 * numbers (Williams & Zipser 1989), so that all steps are one walk.
 */
import type { Dropout, Linear, RecurrentModule, StepContext } from "@cellstate/lstm-core";
import { concat, reshape, type Session, slice, type Tensor, transpose } from "@cellstate/tensor";

export interface StepwiseParts {
  readonly session: Session;
  readonly encoder: RecurrentModule;
  /** Undefined: the encoder itself goes on. */
  readonly decoder: RecurrentModule | undefined;
  readonly dropout: Dropout;
  /** From a state, and what is known of the step to come, to the numbers of that step. */
  readonly output: Linear;
  readonly inputSize: number;
  readonly context: number;
  readonly horizon: number;
  readonly targets: number;
  readonly knownAhead: number;
  /** Numbers for each target and step. */
  readonly outputs: number;
  /** Which of them is read back. */
  readonly readBack: number;
}

export interface StepwiseInputs {
  readonly batchSize: number;
  readonly inputs: Float64Array;
  readonly ahead: Float64Array;
  /** `[batch, horizon, inputSize]`: what is read of each step to come; its first numbers are the targets. */
  readonly next: Float64Array;
}

/** All steps, each after the true numbers of those before it; `[batch, targets * horizon, outputs]`. */
export function taughtSteps(parts: StepwiseParts, inputs: StepwiseInputs, step: StepContext): Tensor {
  const { session, encoder, decoder, dropout, output, inputSize, context, horizon, targets, outputs } = parts;
  const { batchSize } = inputs;
  const past = session.tensor(inputs.inputs, [batchSize, context, inputSize]);
  const next = session.tensor(inputs.next, [batchSize, horizon, inputSize]);
  const read = horizon === 1 ? [] : [slice(next, 1, 0, horizon - 1)];
  const states =
    decoder === undefined
      ? slice(encoder.forward(concat([past, ...read], 1), { step }).output, 1, context - 1, context + horizon - 1)
      : decoder.forward(concat([slice(past, 1, context - 1, context), ...read], 1), {
          initialState: encoder.forward(past, { step }).state,
          step,
        }).output; // [batch, horizon, stateSize]
  const features = withAhead(parts, inputs, dropout.forward(states, step));
  const byStep = reshape(output.forward(features), [batchSize, horizon, targets, outputs]);
  return reshape(transpose(byStep, [0, 2, 1, 3]), [batchSize, targets * horizon, outputs]);
}

function withAhead(
  { session, horizon, knownAhead }: StepwiseParts,
  { batchSize, ahead }: StepwiseInputs,
  states: Tensor,
): Tensor {
  return knownAhead === 0 ? states : concat([states, session.tensor(ahead, [batchSize, horizon, knownAhead])], 2);
}

/**
 * Each step after the forecasts of those before it, without gradients.
 *
 * @param added  `[batch, targets * horizon, outputs]`: what is added to the outputs; undefined: nothing
 */
export function freeSteps(
  parts: StepwiseParts,
  inputs: StepwiseInputs,
  step: StepContext,
  added: Tensor | undefined,
): Tensor {
  const { session, encoder, decoder, output, inputSize, context, horizon, targets, knownAhead, outputs } = parts;
  const { batchSize, ahead } = inputs;
  const shape = [batchSize, targets * horizon, outputs];
  const values =
    added === undefined
      ? new Float64Array(batchSize * targets * horizon * outputs)
      : Float64Array.from(added.readSync());
  const past = session.tensor(inputs.inputs, [batchSize, context, inputSize]);
  const walker = decoder ?? encoder;
  const read = encoder.forward(past, { step });
  let { state, lastOutput } =
    decoder === undefined
      ? read
      : decoder.forward(slice(past, 1, context - 1, context), { initialState: read.state, step });
  for (let at = 0; ; at++) {
    const known = session.tensor(
      Float64Array.from({ length: batchSize * knownAhead }, (_, index) => {
        const row = Math.floor(index / knownAhead);
        return ahead[(row * horizon + at) * knownAhead + (index % knownAhead)]!;
      }),
      [batchSize, knownAhead],
    );
    const features = knownAhead === 0 ? lastOutput : concat([lastOutput, known], 1);
    const numbers = output.forward(features).readSync(); // [batch, targets * outputs]
    for (let index = 0; index < numbers.length; index++) {
      const row = Math.floor(index / outputs); // of a target
      values[(row * horizon + at) * outputs + (index % outputs)]! += numbers[index]!;
    }
    if (at === horizon - 1) return session.tensor(values, shape);
    const x = new Float64Array(batchSize * inputSize);
    for (let row = 0; row < batchSize; row++) {
      const start = (row * horizon + at) * inputSize;
      x.set(inputs.next.subarray(start, start + inputSize), row * inputSize);
      for (let target = 0; target < targets; target++) {
        const own = ((row * targets + target) * horizon + at) * outputs;
        x[row * inputSize + target] = values[own + parts.readBack]!;
      }
    }
    const walked = walker.forward(session.tensor(x, [batchSize, 1, inputSize]), { initialState: state, step });
    state = walked.state;
    lastOutput = walked.lastOutput;
  }
}

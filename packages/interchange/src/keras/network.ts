/** What a file says of a model, in one form for all that Keras ever wrote: layers, which calls which, and their options. */

/** One output of one call of a layer. */
export interface OutputReference {
  readonly layer: string;
  /** Which of the layer's calls, from 0. */
  readonly call: number;
  /** Which of the call's outputs, from 0. */
  readonly output: number;
}

/** One application of a layer. */
export interface LayerCall {
  readonly inputs: readonly OutputReference[];
  /** Of a recurrent layer. */
  readonly initialState: readonly OutputReference[];
  /** Whether all steps count as real, as in Keras 3 where a layer is given a state. */
  readonly ignoresMask: boolean;
}

/** A layer with its options by our names. */
export interface LayerDescription {
  /** Keras's of today, such as `LSTM` for a CuDNNLSTM. */
  readonly className: string;
  /** As the file calls it. */
  readonly writtenClass: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Shape of one example, where the layer states it; `null` is an extent that differs. */
  readonly inputShape: readonly (number | null)[] | undefined;
  /** What a wrapper holds: a layer, or a model of them. */
  readonly inner: LayerDescription | undefined;
  /** Of a Bidirectional: the layer of the other direction, where it is not like `inner`. */
  readonly backward: LayerDescription | undefined;
  /** A model that is used as a layer. */
  readonly network: NetworkDescription | undefined;
  /** In the order of the file; of a sequential model none. */
  readonly calls: readonly LayerCall[];
}

/** A model. */
export interface NetworkDescription {
  readonly kind: "sequential" | "functional";
  readonly name: string;
  readonly layers: readonly LayerDescription[];
  /** Of a functional model, in the order of its inputs and outputs. */
  readonly inputs: readonly OutputReference[];
  readonly outputs: readonly OutputReference[];
}

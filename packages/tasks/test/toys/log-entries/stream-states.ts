/** The recurrent states that the streams carry from batch to batch; gradients do not flow back through them. */
import type { RecurrentModule } from "@cellstate/lstm-core";
import type { RecurrentState, Session, Tensor, TensorData } from "@cellstate/tensor";
import type { CarriedState } from "@cellstate/training";

/** The tensors of one layer by name; those of an LSTM also have a `cellState`. */
interface LayerState {
  readonly hiddenState: TensorData;
  readonly [name: string]: TensorData;
}

export class StreamStates implements CarriedState {
  readonly #session: Session;
  readonly #layers: RecurrentModule;
  #states: readonly LayerState[] = [];

  constructor(session: Session, layers: RecurrentModule) {
    this.#session = session;
    this.#layers = layers;
  }

  /** Sets the states of `rows` streams to zero. */
  begin(rows: number): void {
    using _scope = this.#session.scope();
    const zeros = this.#session.zeros([rows, this.#layers.stateSize]);
    const { numLayers } = this.#layers;
    this.keep(Array.from({ length: numLayers }, () => this.#layers.startState(zeros)));
  }

  /** The states as tensors of the open scope, for `RecurrentForwardOptions.initialState`. */
  take(): RecurrentState[] {
    const tensorOf = ({ data, shape }: TensorData) => this.#session.tensor(data, shape);
    return this.#states.map(({ hiddenState, ...others }) => ({
      hiddenState: tensorOf(hiddenState),
      ...mapValues(others, tensorOf),
    }));
  }

  /** Copies the states that a batch ended with. */
  keep(states: readonly RecurrentState[]): void {
    this.#states = states.map(({ hiddenState, ...others }) => ({
      hiddenState: copyOf(hiddenState),
      ...mapValues(others as Readonly<Record<string, Tensor>>, copyOf),
    }));
  }

  state(): ReadonlyMap<string, TensorData> {
    return new Map(
      this.#states.flatMap((layer, number) =>
        Object.entries(layer).map(([name, data]) => [`l${number}.${name}`, data] as const),
      ),
    );
  }

  load(tensors: ReadonlyMap<string, TensorData>): void {
    const saved = (layer: number, name: string) => tensors.get(`l${layer}.${name}`)!;
    this.#states = this.#states.map(({ hiddenState: _, ...others }, layer) => ({
      hiddenState: saved(layer, "hiddenState"),
      ...mapValues(others, (_other, name) => saved(layer, name)),
    }));
  }
}

function copyOf(tensor: Tensor): TensorData {
  return { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

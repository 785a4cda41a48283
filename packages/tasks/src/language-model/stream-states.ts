/** The recurrent states that the streams carry from batch to batch; gradients do not flow back through them. */
import type { RecurrentModule } from "@cellstate/lstm-core";
import type { RecurrentState, Session, Tensor, TensorData } from "@cellstate/tensor";
import type { CarriedState } from "@cellstate/training";

/** The tensors of one layer by name; those of an LSTM also have a `cellState`. */
interface NamedTensors<Value> {
  readonly hiddenState: Value;
  readonly [name: string]: Value;
}
type LayerState = NamedTensors<TensorData>;

export class StreamStates implements CarriedState {
  readonly #session: Session;
  readonly #layers: RecurrentModule;
  #states: readonly LayerState[] = [];
  /** What streams begin with. */
  #start: readonly LayerState[] = [];

  constructor(session: Session, layers: RecurrentModule) {
    this.#session = session;
    this.#layers = layers;
  }

  /** Begins `rows` streams. */
  begin(rows: number): void {
    using _scope = this.#session.scope();
    this.keep(zeroStates(this.#session, this.#layers, rows));
    this.#start = this.#states;
  }

  /** Begins some of the streams anew. @param rows  1 for each of them, 0 for the others */
  reset(rows: Uint8Array): void {
    if (!rows.includes(1)) return;
    this.#states = this.#states.map((layer, number) =>
      mapLayer(layer, (tensor, name) => startRows(tensor, this.#start[number]![name]!, rows)),
    );
  }

  /** The states as tensors of the open scope, for `RecurrentForwardOptions.initialState`. */
  take(): RecurrentState[] {
    const tensorOf = ({ data, shape }: TensorData) => this.#session.tensor(data, shape);
    return this.#states.map((layer) => mapLayer(layer, tensorOf));
  }

  /** Copies the states that a batch ended with. */
  keep(states: readonly RecurrentState[]): void {
    this.#states = states.map((layer) => mapLayer(layer as NamedTensors<Tensor>, copyOf));
  }

  state(): ReadonlyMap<string, TensorData> {
    return new Map(
      this.#states.flatMap((layer, number) =>
        Object.entries(layer).map(([name, data]) => [`l${number}.${name}`, data] as const),
      ),
    );
  }

  load(tensors: ReadonlyMap<string, TensorData>): void {
    this.#states = this.#states.map((layer, number) =>
      mapLayer(layer, (_, name) => tensors.get(`l${number}.${name}`)!),
    );
  }
}

/** The states that rows begin with, in the open scope. */
export function zeroStates(session: Session, layers: RecurrentModule, rows: number): RecurrentState[] {
  return layers.stateSizes.map((size, layer) => layers.startState(session.zeros([rows, size]), layer));
}

function copyOf(tensor: Tensor): TensorData {
  return { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() };
}

/** The rows of `tensor`, or those of `start` where 1 stands. */
function startRows({ dtype, shape, data }: TensorData, start: TensorData, rows: Uint8Array): TensorData {
  const width = data.length / rows.length;
  const mixed = data.slice();
  for (const [row, begins] of rows.entries()) {
    if (begins === 1) mixed.set(start.data.subarray(row * width, (row + 1) * width), row * width);
  }
  return { dtype, shape, data: mixed };
}

function mapLayer<From, To>(
  { hiddenState, ...others }: NamedTensors<From>,
  map: (value: From, name: string) => To,
): NamedTensors<To> {
  const rest = Object.entries(others).map(([name, value]) => [name, map(value as From, name)]);
  return { hiddenState: map(hiddenState, "hiddenState"), ...Object.fromEntries(rest) } as NamedTensors<To>;
}

/** The support table as a page: of every argument that the other libraries have, its row. */
import { readFileSync } from "node:fs";
import { convLstmRows } from "./conv-lstm-rows.ts";
import { kerasCallRows, kerasCellRows, kerasLayerRows, kerasWrapperRows } from "./keras-rows.ts";
import type { SupportRow, SupportRows } from "./row.ts";
import { torchCellRows, torchForwardRows, torchLayerRows } from "./torch-rows.ts";

/** By the name of a class or method: its arguments, as `golden/make_recurrent_arguments.py` found them. */
const args = JSON.parse(
  readFileSync(new URL("../golden/recurrent-arguments.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[]>>;

const rowsOf: Readonly<Record<string, { readonly here: string; readonly rows: SupportRows }>> = {
  "keras.layers.LSTM": { here: "`Lstm`", rows: kerasLayerRows("lstm") },
  "keras.layers.LSTM.call": { here: "`forward`, of all layers", rows: kerasCallRows("lstm") },
  "keras.layers.GRU": { here: "`Gru`", rows: kerasLayerRows("gru") },
  "keras.layers.SimpleRNN": { here: "`Rnn`", rows: kerasLayerRows("rnn") },
  "keras.layers.Bidirectional": { here: "an option of every layer", rows: kerasWrapperRows.Bidirectional! },
  "keras.layers.Bidirectional.call": { here: "`forward`", rows: kerasCallRows("gru") },
  "keras.layers.RNN": { here: "`RecurrentLayers`", rows: kerasWrapperRows.RNN! },
  "keras.layers.StackedRNNCells": { here: "a stack", rows: kerasWrapperRows.StackedRNNCells! },
  "keras.layers.LSTMCell": { here: "`lstmCell`", rows: kerasCellRows("lstm") },
  "keras.layers.GRUCell": { here: "`gruCell`", rows: kerasCellRows("gru") },
  "keras.layers.SimpleRNNCell": { here: "`rnnCell`", rows: kerasCellRows("rnn") },
  "keras.layers.ConvLSTM1D": { here: "`ConvLstm1d`", rows: convLstmRows(1) },
  "keras.layers.ConvLSTM2D": { here: "`ConvLstm2d`", rows: convLstmRows(2) },
  "torch.nn.LSTM": { here: "`Lstm`", rows: torchLayerRows("lstm") },
  "torch.nn.LSTM.forward": { here: "`forward`", rows: torchForwardRows("lstm") },
  "torch.nn.LSTMCell": { here: "`lstmCell`", rows: torchCellRows("lstm") },
  "torch.nn.GRU": { here: "`Gru`", rows: torchLayerRows("gru") },
  "torch.nn.GRU.forward": { here: "`forward`", rows: torchForwardRows("gru") },
  "torch.nn.GRUCell": { here: "`gruCell`", rows: torchCellRows("gru") },
  "torch.nn.RNN": { here: "`Rnn`", rows: torchLayerRows("rnn") },
  "torch.nn.RNN.forward": { here: "`forward`", rows: torchForwardRows("rnn") },
  "torch.nn.RNNCell": { here: "`rnnCell`", rows: torchCellRows("rnn") },
};

interface SupportTable {
  readonly api: string;
  /** What it is here. */
  readonly here: string;
  readonly rows: readonly (readonly [argument: string, row: SupportRow])[];
}

/** @throws {Error} naming the argument that has no row */
export const supportTables: readonly SupportTable[] = Object.entries(args).map(([api, names]) => {
  const { here, rows } = rowsOf[api] ?? { here: "", rows: {} };
  const found = names.map((name) => {
    const row = rows[name];
    if (row === undefined) throw new Error(`${api}: no row says what becomes of ${name}`);
    return [name, row] as const;
  });
  return { api, here, rows: found };
});

export function supportPage(): string {
  const sections = supportTables.map(({ api, here, rows }) =>
    [
      `## ${api}`,
      "",
      `Here ${here}.`,
      "",
      "| argument | | here |",
      "| --- | --- | --- |",
      ...rows.map(
        ([argument, { status, here: how }]) => `| \`${argument}\` | ${status} | ${how.replaceAll("|", "\\|")} |`,
      ),
      "",
    ].join("\n"),
  );
  return `# Recurrent layers beside Keras and PyTorch

What becomes here of each argument of the recurrent layers of Keras 3 and of PyTorch 2, in \`@cellstate/lstm-core\`: _supported_, _different_ (the
same thing in another way), or _refused_. \`@cellstate/layers\` has Keras's layers under their own names. This page is written by
\`pnpm support-table\`; a test runs each line's claim. Numbers are compared with both libraries in \`packages/lstm-core/test\`.

${sections.join("\n")}`;
}

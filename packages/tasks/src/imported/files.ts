/** What the files of an imported model are called, beside its weights and its config. */

/** What `task:` of an imported forecaster says. */
export const IMPORTED_SERIES_TASK = "importedSeries";
/** What `task:` of an imported network of texts says. */
export const IMPORTED_TASK = "imported";
/** What `task:` of a network of texts in an ONNX file says. */
export const IMPORTED_ONNX_TASK = "importedOnnx";
/** The ONNX file, weights included. */
export const ONNX_FILE = "network.onnx";
export const TOKENIZER_FILE = "tokenizer.json";
/** The layers of the network and how they are connected, without weights. */
export const NETWORK_FILE = "network.json";

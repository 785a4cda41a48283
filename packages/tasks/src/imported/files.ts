/** What the files of an imported classifier are called, beside its weights and its config. */

/** What `task:` of an imported forecaster says. */
export const IMPORTED_SERIES_TASK = "importedSeries";
/** What `task:` of an imported classifier says. */
export const IMPORTED_TASK = "imported";
export const TOKENIZER_FILE = "tokenizer.json";
/** The layers of the network and how they are connected, without weights. */
export const NETWORK_FILE = "network.json";

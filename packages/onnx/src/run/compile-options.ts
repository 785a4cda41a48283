/** What all graphs of a file are compiled with. */
import type { FunctionMessage } from "../file/messages.ts";
import type { ExternalData } from "../file/tensors.ts";
import type { RunContext } from "./op.ts";

export interface CompileOptions {
  readonly context: RunContext;
  /** Versions of operators by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Operators that the file defines, by domain and name. */
  readonly functions: ReadonlyMap<string, FunctionMessage>;
  readonly external: ExternalData | undefined;
  /** Functions that the nodes are in, so that none contains itself. */
  readonly within: readonly string[];
}

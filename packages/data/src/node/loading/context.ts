/** Where loading looks for configs, cards and files. */
import type { ResolveContext } from "../files/resolve-file.ts";
import type { ReadLimits } from "../readers/bytes.ts";

/** Where `loadDataset` looks. */
export interface LoadContext extends ResolveContext {
  /** Folder that paths in the `data` section are relative to. */
  readonly configDir: string;
  /** Folder with a card at `<name>/dataset.yaml` for each dataset. */
  readonly datasetsDir: string;
  readonly limits?: ReadLimits | undefined;
}

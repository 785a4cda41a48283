/** Where a run is repeated: the folder that `--out` names, or one of which nothing stays. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FolderLock } from "@cellstate/files";
import { fromCaller } from "../../paths.ts";
import { createRunFolder } from "../../run/create-folder.ts";
import type { RunPaths } from "../../run/folder.ts";

export class RepetitionFolder implements Disposable {
  readonly paths: RunPaths;
  readonly #runLock: FolderLock;
  /** What goes when all is done. */
  readonly #temporary: string | undefined;

  /** @throws {RunFolderError} if no run can be put there */
  constructor(out: string | undefined, filesIn: (run: string) => ReadonlyMap<string, string>) {
    this.#temporary = out === undefined ? mkdtempSync(join(tmpdir(), "cellstate-reproduce-")) : undefined;
    const folder = this.#temporary === undefined ? fromCaller(out!) : join(this.#temporary, "run");
    const { paths, runLock } = createRunFolder(folder, filesIn(folder));
    this.paths = paths;
    this.#runLock = runLock;
  }

  [Symbol.dispose](): void {
    this.#runLock.release();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** The Python side: trains and encodes with Hugging Face's tokenizers and SentencePiece, through files in a folder. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Versions {
  readonly tokenizers: string;
  readonly sentencepiece: string;
}

const peers = fileURLToPath(new URL("../peers/", import.meta.url));

export class Peer {
  readonly folder: string;
  readonly #python: string;

  /** @param folder where both sides leave files for each other */
  constructor(python: string, folder: string) {
    this.#python = python;
    this.folder = folder;
  }

  /** @returns the versions, or why there are none */
  versions(): Versions | string {
    const { status, error, stdout, stderr } = this.#start("tokenizer_parity.py", ["version"]);
    if (status === 0) return JSON.parse(stdout);
    return error?.message ?? (stderr.trim().split("\n").at(-1) || `exit status ${status}`);
  }

  write(name: string, value: unknown): void {
    writeFileSync(join(this.folder, name), JSON.stringify(value));
  }

  /** The lines of a file, each a JSON value. */
  readLines(name: string): unknown[] {
    const lines = readFileSync(join(this.folder, name), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** Runs one of the scripts; @throws {Error} with what it printed if it fails. Panics that it survives are not shown. */
  run(script: string, ...args: readonly string[]): void {
    const { status, error, stderr } = this.#start(script, args);
    if (status !== 0) throw new Error(`${script} ${args[0]} failed: ${error?.message ?? stderr.slice(-2000)}`);
  }

  #start(script: string, args: readonly string[]) {
    return spawnSync(this.#python, [join(peers, script), ...args], {
      encoding: "utf8",
      env: { ...process.env, TOKENIZERS_PARALLELISM: "false", RUST_BACKTRACE: "0" },
      maxBuffer: 2 ** 30,
    });
  }
}

/** Questions on a terminal, each with an answer that Enter takes; Ctrl-C and Esc end the command. */
import type { Readable, Writable } from "node:stream";
import { InterruptedError } from "../errors.ts";
import { autocomplete, cancel, confirm, intro, log, select, text } from "./prompts.ts";
import { showControls, showOnOneLine } from "./visible.ts";

/** Lines of a list that are shown at once. */
const SHOWN_LINES = 8;

export interface Choosable {
  readonly value: string;
  /** Shown beside it while it is the one that Enter takes. */
  readonly hint?: string | undefined;
}

export interface QuestionOptions {
  /** What they are for, above the first of them. */
  readonly title: string;
  readonly input?: Readable | undefined;
  readonly output?: Writable | undefined;
}

export class Questions {
  #title: string | undefined;
  readonly #streams: { readonly input?: Readable; readonly output?: Writable };

  constructor({ title, input, output }: QuestionOptions) {
    this.#streams = { ...(input && { input }), ...(output && { output }) };
    this.#title = title;
  }

  /** The title, once something is asked or said. */
  #begin(): void {
    if (this.#title !== undefined) intro(this.#title, this.#streams);
    this.#title = undefined;
  }

  /** One of a list. @param initial  what Enter takes */
  async choose(message: string, options: readonly Choosable[], initial: string | undefined): Promise<string> {
    this.#begin();
    const listed = options.map(({ value, hint }) => ({
      value,
      label: showOnOneLine(value),
      ...(hint === undefined ? {} : { hint: showOnOneLine(hint) }),
    }));
    const answer = await select({
      message,
      options: listed,
      maxItems: SHOWN_LINES,
      ...(initial === undefined ? {} : { initialValue: initial }),
      ...this.#streams,
    });
    return this.#answered(answer);
  }

  /** A text of a list that depends on what is typed; Tab completes. @param listOf  what can be chosen where this much is typed */
  async complete(message: string, listOf: (typed: string) => readonly string[]): Promise<string> {
    this.#begin();
    const answer = await autocomplete<string>({
      message,
      options() {
        return listOf(this.userInput).map((value) => ({ value, label: showOnOneLine(value) }));
      },
      maxItems: SHOWN_LINES,
      completeOnTab: true,
      validate: (value) => (value === undefined || value.length === 0 ? "nothing here is called so" : undefined),
      ...this.#streams,
    });
    return this.#answered(answer);
  }

  /** A line of text. @param faultOf  why an answer will not do */
  async type(message: string, initial: string, faultOf: (answer: string) => string | undefined): Promise<string> {
    this.#begin();
    const answer = await text({
      message,
      initialValue: initial,
      validate: (value) => faultOf(value ?? ""),
      ...this.#streams,
    });
    return this.#answered(answer);
  }

  async confirm(message: string): Promise<boolean> {
    this.#begin();
    return this.#answered(await confirm({ message, ...this.#streams }));
  }

  /** Lines between two questions. */
  tell(lines: readonly string[]): void {
    this.#begin();
    log.message(showControls(lines.join("\n")), this.#streams);
  }

  /** Why an answer will not do. */
  refuse(reason: string): void {
    this.#begin();
    log.warn(showControls(reason), this.#streams);
  }

  #answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
    if (typeof answer !== "symbol") return answer as Exclude<Answer, symbol>;
    cancel("stopped", this.#streams);
    throw new InterruptedError("left without an answer; nothing was written");
  }
}

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

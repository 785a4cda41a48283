/** Every error that this package throws on purpose; what is wrong with data is told in the words of `@cellstate/data`. */
import { SPECIAL_TOKENS, type SpecialRole } from "@cellstate/tokenizers";

/** A file of a saved model is missing or does not hold what it should. */
export class ModelFilesError extends Error {
  override readonly name = "ModelFilesError";
  readonly file: string;
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`model folder: ${file}: ${problem}`, options);
    this.file = file;
    this.problem = problem;
  }
}

/** A model gave NaN or an infinity where a result should be. */
export class NonFiniteResultError extends Error {
  override readonly name = "NonFiniteResultError";
  /** @param where  such as `the loss` or `probs.positive of input 3` */
  constructor(where: string, value: number) {
    super(`${where} is ${value}, expected a finite number; the weights of the model are damaged or too large`);
  }
}

/** A plugin is not what it should be; the message says what is wrong with it. */
export class PluginError extends Error {
  override readonly name = "PluginError";
  readonly problem: string;
  /** What it was called, where several came together. */
  readonly plugin: string | undefined;

  constructor(problem: string, plugin?: string) {
    super(`${plugin ?? "plugin"}: ${problem}`);
    this.problem = problem;
    this.plugin = plugin;
  }
}

/** A saved model cannot be opened without the plugins that it was trained with. */
export class MissingPluginError extends Error {
  override readonly name = "MissingPluginError";

  constructor(plugins: readonly string[], fault: string) {
    const names = `the plugin${plugins.length === 1 ? "" : "s"} ${plugins.join(", ")}`;
    super(
      `the model was trained with ${names}, without which it cannot be opened (${fault}); give it: --plugin <file> on the command ` +
        "line, or { tasks: tasksWith(plugins) } to openModel",
    );
  }
}

/** A saved model is to be opened with changes that its task does not take. */
export class ModelChangeError extends RangeError {
  override readonly name = "ModelChangeError";
  constructor(problem: string) {
    super(`openModel: expected ${problem}`);
  }
}

/** A model of this task is taken over from elsewhere, not trained here. */
export class NotTrainableError extends Error {
  override readonly name = "NotTrainableError";
  constructor(task: string) {
    super(
      `task ${task}: its models come from \`cellstate import\` and are not trained from a config; to train one further, open it in a ` +
        "program: importKeras of @cellstate/interchange gives a model with fit",
    );
  }
}

/** The weights of a trained model do not fit the one that is to begin with them. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  /** All that does not fit. */
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `init: ${faults.length === 1 ? "one thing does" : `${faults.length} things do`} not fit:\n  ${faults.join("\n  ")}\n` +
        "Name what is to be taken (init.map), what begins anew (init.skip), or take only what fits (init.strict: false)",
    );
    this.faults = faults;
  }
}

/** A text that is to be written on holds what the model does not know. */
export class PromptError extends RangeError {
  override readonly name = "PromptError";
}

/** A config names a task that there is not. */
export class UnknownTaskError extends Error {
  override readonly name = "UnknownTaskError";
  constructor(task: string, known: readonly string[]) {
    super(`unknown task ${JSON.stringify(task)}; this Cellstate knows ${known.join(", ")}`);
  }
}

/** A tokenizer from a file lacks special tokens that a task needs. */
export class TokenizerRoleError extends Error {
  override readonly name = "TokenizerRoleError";
  /** @param section key path, such as `tokenizer.source` */
  constructor(section: string, file: string, missing: readonly SpecialRole[]) {
    const example = missing.map((role) => `${role}: ${JSON.stringify(SPECIAL_TOKENS[role])}`).join(", ");
    super(
      `${section}: ${file} has no ${missing.join(" and no ")} token that this task needs; name tokens of it, ` +
        `or new ones to be added, such as ${section}: { file: ..., specialTokens: { ${example} } }`,
    );
  }
}

/** `README.md` of a model that another framework trained: where it comes from, what was taken over, and what is not known of it. */
import { escapeMarkdown, fenced } from "./markdown.ts";

/** What is known of an imported model. */
export interface ImportedCardInput {
  readonly name: string;
  /** Whose network it is, such as `Keras 3.10.0` or `ONNX by pytorch`. */
  readonly framework: string;
  /** The file's name, without its folder. */
  readonly file: string;
  /** What `import` says of it, a sentence or a layer each. */
  readonly facts: readonly string[];
}

/** The text of a card. */
export function renderImportedCard({ name, framework, file, facts }: ImportedCardInput): string {
  return [
    `---\nlibrary_name: cellstate\ntags: ["cellstate", "imported"]\n---\n`,
    `# ${escapeMarkdown(name)}\n`,
    `A network of ${escapeMarkdown(framework)}, read from ${escapeMarkdown(file)} and taken over by \`cellstate import\`.\n`,
    `## Use\n`,
    `This folder is all that it needs:\n`,
    fenced("", 'npx cellstate predict <this folder> "..."'),
    `## What it is\n`,
    `${facts.map((fact) => `- ${escapeMarkdown(fact)}\n`).join("")}`,
    `## What is not known here\n`,
    `- The data it was trained on, their licence and its own: say them before you publish the model.\n` +
      `- Its scores: \`npx cellstate evaluate <this folder> --data labelled.csv\` gives those on your data.\n` +
      `- How it was trained: optimizer and state of training were not taken over, so it is not trained on here.\n`,
  ].join("\n");
}

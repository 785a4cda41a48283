/** Builds the post-processor that a config describes, with the ids that training gave its tokens. */
import type { PostProcessorStage } from "../config/post-processors.ts";
import { TrainingError } from "../errors.ts";
import { BertProcessor } from "../post-processors/bert.ts";
import { ByteLevelProcessor } from "../post-processors/byte-level.ts";
import type { PostProcessor } from "../post-processors/post-processor.ts";
import { RobertaProcessor } from "../post-processors/roberta.ts";
import { PostProcessorSequence } from "../post-processors/sequence.ts";
import { TemplateProcessor } from "../post-processors/template.ts";
import { parseTemplate } from "../post-processors/template-text.ts";

/** The id of a token; undefined if the vocabulary lacks it. */
export type TokenToId = (token: string) => number | undefined;

/** @throws {TrainingError} naming a token that the vocabulary lacks */
export function buildPostProcessor(stages: readonly PostProcessorStage[], tokenToId: TokenToId): PostProcessor {
  const [first, ...rest] = stages.map((stage) => buildStage(stage, tokenToId));
  return first !== undefined && rest.length === 0 ? first : new PostProcessorSequence(first ? [first, ...rest] : []);
}

function buildStage(stage: PostProcessorStage, tokenToId: TokenToId): PostProcessor {
  const withId = (token: string) => ({ token, id: requireId(token, tokenToId) });
  switch (stage.type) {
    case "TemplateProcessing": {
      const single = parseTemplate(stage.single);
      const pair = parseTemplate(stage.pair ?? "$A $B:1");
      const names = [...single, ...pair].flatMap((piece) => (piece.kind === "special" ? [piece.id] : []));
      const specialTokens = new Map(names.map((name) => [name, { ids: [requireId(name, tokenToId)], tokens: [name] }]));
      return new TemplateProcessor({ single, pair, specialTokens });
    }
    case "BertProcessing":
      return new BertProcessor({ sep: withId(stage.sep), cls: withId(stage.cls) });
    case "RobertaProcessing":
      return new RobertaProcessor({
        sep: withId(stage.sep),
        cls: withId(stage.cls),
        trimOffsets: stage.trimOffsets ?? true,
        addPrefixSpace: stage.addPrefixSpace ?? true,
      });
    case "ByteLevel":
      return new ByteLevelProcessor({
        addPrefixSpace: stage.addPrefixSpace ?? true,
        trimOffsets: stage.trimOffsets ?? true,
        useRegex: stage.useRegex ?? true,
      });
    default:
      return stage satisfies never;
  }
}

function requireId(token: string, tokenToId: TokenToId): number {
  const id = tokenToId(token);
  if (id !== undefined) return id;
  throw new TrainingError(
    `postProcessor: the token ${JSON.stringify(token)} is not in the vocabulary; put it into addedTokens, or name a special token that the task has`,
  );
}

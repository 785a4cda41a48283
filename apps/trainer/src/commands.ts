/** The commands, in the order of `cellstate --help`. */
import type { DefineCommand } from "./command-line/command.ts";
import { compare } from "./commands/compare.ts";
import { data } from "./commands/data.ts";
import { evaluate } from "./commands/evaluate.ts";
import { explain } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { findLr } from "./commands/find-lr.ts";
import { forecast } from "./commands/forecast.ts";
import { fuzz } from "./commands/fuzz.ts";
import { generate } from "./commands/generate.ts";
import { importCommand } from "./commands/import.ts";
import { init } from "./commands/init.ts";
import { lint } from "./commands/lint.ts";
import { onnx } from "./commands/onnx.ts";
import { predict } from "./commands/predict.ts";
import { replay } from "./commands/replay.ts";
import { reproduce } from "./commands/reproduce.ts";
import { runs } from "./commands/runs.ts";
import { bleu, score } from "./commands/score.ts";
import { sweep } from "./commands/sweep.ts";
import { tokenizer } from "./commands/tokenizer.ts";
import { train } from "./commands/train.ts";
import { translate } from "./commands/translate.ts";
import { verify } from "./commands/verify.ts";

export const commands: readonly DefineCommand[] = [
  init,
  train,
  sweep,
  findLr,
  lint,
  explain,
  evaluate,
  predict,
  translate,
  forecast,
  generate,
  score,
  bleu,
  importCommand,
  exportCommand,
  onnx,
  runs,
  compare,
  reproduce,
  verify,
  replay,
  data,
  tokenizer,
  fuzz,
];

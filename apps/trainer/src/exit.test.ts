import * as data from "@cellstate/data";
import * as files from "@cellstate/files";
import * as interchange from "@cellstate/interchange";
import * as layers from "@cellstate/lstm-core";
import * as seq2seq from "@cellstate/seq2seq";
import * as tasks from "@cellstate/tasks";
import * as tensor from "@cellstate/tensor";
import * as tokenizers from "@cellstate/tokenizers";
import * as training from "@cellstate/training";
import { CheckpointError } from "@cellstate/training/checkpoint";
import { describe, expect, test } from "vitest";
import { InterruptedError, UsageError } from "./errors.ts";
import { endingOf } from "./exit.ts";

/** Classes whose appearance at the top means a bug of ours, and base classes that are never thrown. */
const internal = [
  "AutogradError",
  "DTypeError",
  "IndexError",
  "OptimizerError",
  "ScopeError",
  "SessionError",
  "SequenceError",
  "ShapeError",
  "TokenizerError",
  "InterchangeError",
];

function named(name: string): Error {
  const error = new Error("what went wrong");
  error.name = name;
  return error;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code, syscall: "open", path: "a.txt" });
}

function diskError(code: string): Error {
  try {
    return files.guardDisk("a.txt", () => {
      throw systemError(code);
    });
  } catch (error) {
    return error as Error;
  }
}

describe("endingOf", () => {
  const packages = [
    data,
    files,
    interchange,
    layers,
    seq2seq,
    tasks,
    tensor,
    tokenizers,
    training,
    { CheckpointError },
  ];
  const names = packages.flatMap((one) => Object.keys(one)).filter((name) => /^[A-Z]\w*Error$/.test(name));

  test.each([...new Set(names)])("knows what %s means for the user", (name) => {
    const { exitCode, message } = endingOf(named(name));
    if (internal.includes(name))
      expect({ exitCode, message }).toEqual({ exitCode: 1, message: expect.stringMatching(/^internal: /) });
    else {
      expect([1, 2]).toContain(exitCode);
      expect(message).toBe("what went wrong");
    }
  });

  test("takes the exit codes of the contract", () => {
    expect(endingOf(new UsageError("x")).exitCode).toBe(2);
    expect(endingOf(new files.ConfigError([])).exitCode).toBe(2);
    expect(endingOf(diskError("ENOSPC"))).toEqual({
      exitCode: 1,
      message: "cannot write a.txt: the disk is full; free some space and try again (ENOSPC)",
    });
    expect(endingOf(diskError("ENOTDIR")).exitCode).toBe(2);
    expect(endingOf(new files.FolderInUseError("x")).exitCode).toBe(2);
    expect(endingOf(new InterruptedError("x")).exitCode).toBe(130);
    expect(endingOf(named("NonFiniteError")).exitCode).toBe(1);
    expect(endingOf(named("DataFileError")).exitCode).toBe(2);
    expect(endingOf(new data.ShardError("shards/shard-000000.bin")).exitCode).toBe(1);
  });

  test("says of a system's refusal which file and why", () => {
    expect(endingOf(systemError("ENOSPC"))).toEqual({
      exitCode: 1,
      message: "a.txt: the disk is full; free some space and try again (ENOSPC)",
    });
  });

  test.each([
    ["ENOSPC", 1],
    ["EDQUOT", 1],
    ["EIO", 1],
    ["EMFILE", 1],
    ["EPIPE", 1],
    ["EBUSY", 1],
    ["EFBIG", 1],
    ["EROFS", 2],
    ["EACCES", 2],
    ["EPERM", 2],
    ["ENAMETOOLONG", 2],
    ["ENOTDIR", 2],
    ["EISDIR", 2],
    ["ENOENT", 2],
    ["EEXIST", 2],
    ["ENOTEMPTY", 2],
    ["ELOOP", 2],
    ["EXOTIC", 1],
  ])("%s of the system is never called a fault of ours and ends with %i", (code, exitCode) => {
    const ending = endingOf(systemError(code));
    expect(ending.exitCode).toBe(exitCode);
    expect(ending.message).toMatch(new RegExp(`^a\\.txt: [a-z].* \\(${code}\\)$`));
    expect(ending.message).not.toContain("fault of Cellstate");
  });

  test("calls everything else a fault of ours", () => {
    expect(endingOf(new TypeError("x is not a function"), []).message).toMatch(
      /^internal: TypeError: x is not a function\nThis is a fault of Cellstate; CELLSTATE_DEBUG=1 shows where\.$/,
    );
  });
});

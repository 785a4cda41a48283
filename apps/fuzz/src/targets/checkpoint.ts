/** Checkpoints: what a run goes on from. */
import { createHash } from "node:crypto";
import { ListedExamples } from "@cellstate/data";
import { createSession, type Session, square, sum } from "@cellstate/tensor";
import { type TrainingState, type TrainOptions, train } from "@cellstate/training";
import { decodeCheckpoint, encodeCheckpoint } from "@cellstate/training/checkpoint";
import { optimizerConfig, scheduleConfig, trainingConfig } from "@cellstate/training/config";
import { byteMutators } from "../mutate/bytes.ts";
import type { Mutator, Target } from "../target.ts";
import { mustHold } from "../target.ts";
import { headerMutators, partsOf } from "./safetensors.ts";

const KEY = Buffer.from('"sha256":"');

export const checkpoint: Target = {
  name: "checkpoint",
  about: "checkpoints of runs",
  extension: "safetensors",
  async open() {
    const session = await createSession({ backend: "reference" });
    const seeds = await trainedStates(session);
    const metadata = metadataMutator();
    return {
      seeds,
      mutators: [
        ...byteMutators,
        ...[...headerMutators, metadata, metadata, metadata, metadata, metadata, metadata].map(withChecksum),
      ],
      async check(input) {
        const state = decodeCheckpoint(input, "step-00000001.safetensors");
        mustHold(hasRightChecksum(input), "it is read, although its checksum is wrong");
        const written = encodeCheckpoint(state);
        const again = encodeCheckpoint(decodeCheckpoint(written, "written.safetensors"));
        mustHold(Buffer.compare(written, again) === 0, "written and read again, it is another");
        await goOn(session, state);
      },
    };
  },
};

/** A tiny run with everything that a state can hold. */
function optionsOf(session: Session, epochs: number): TrainOptions<readonly number[]> {
  const weight = session.tensor(Float32Array.of(1, -2, 3), [3], { requiresGrad: true });
  const walk = new ListedExamples([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).walk({ batchSize: 2, seed: 1 });
  return {
    session,
    parameters: new Map([["weight", weight]]),
    optimizer: optimizerConfig.parse({ kind: "adamw", amsgrad: true }),
    schedule: scheduleConfig.parse({ kind: "plateau" }),
    training: trainingConfig.parse({ epochs, checkpointEverySteps: 1, averaging: { kind: "ema" } }),
    batches: {
      batchesPerEpoch: walk.batchesPerEpoch,
      next: async () => {
        const { examples, endsEpoch } = await walk.next();
        return { batch: examples, tokens: examples.length, epochEnded: endsEpoch };
      },
      state: () => walk.state(),
      load: (state) => walk.load(state),
    },
    lossOf: (batch) => ({ loss: sum(square(weight)), count: batch.length }),
    evaluate: async () => ({ loss: 1 }),
    selection: { name: "loss", direction: "min" },
  };
}

async function trainedStates(session: Session): Promise<Uint8Array[]> {
  const states: Uint8Array[] = [];
  const write = async (state: TrainingState) => {
    states.push(encodeCheckpoint(state));
    return "memory";
  };
  await train({ ...optionsOf(session, 2), checkpoints: { write } });
  return [states[0]!, states.at(-1)!];
}

/** A step or two from the state. */
async function goOn(session: Session, state: TrainingState): Promise<void> {
  using _ = session.scope();
  const controller = new AbortController();
  await train({
    ...optionsOf(session, 3),
    resumeFrom: state,
    signal: controller.signal,
    callbacks: { onStep: () => controller.abort() },
  });
}

/** Changes the state, which is a JSON document in the metadata of another. */
function metadataMutator(): Mutator {
  const [changeTree] = headerMutators;
  return (input, random, bases) => {
    const { header, data } = partsOf(input);
    const document = parseHeader(header);
    if (document === undefined) return input;
    const state = Buffer.from(String(document.__metadata__?.state ?? "{}"));
    // the mutator of headers takes a file, so the state goes through it as one
    const changed = partsOf(changeTree!(asFile(state, new Uint8Array()), random, bases)).header;
    document.__metadata__ = { ...document.__metadata__, state: Buffer.from(changed).toString().trimEnd() };
    return asFile(Buffer.from(JSON.stringify(document)), data);
  };
}

interface Header {
  __metadata__?: { state?: string };
}

function parseHeader(header: Uint8Array): Header | undefined {
  try {
    const document: unknown = JSON.parse(Buffer.from(header).toString());
    return typeof document === "object" && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

function asFile(header: Uint8Array, data: Uint8Array): Uint8Array {
  const padding = Buffer.alloc((8 - (header.length % 8)) % 8, " ");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length + padding.length));
  return new Uint8Array(Buffer.concat([length, header, padding, data]));
}

/** Most of the time the checksum is made right, so that what comes behind it is reached. */
function withChecksum(change: Mutator): Mutator {
  return (input, random, bases) => {
    const changed = Buffer.from(change(input, random, bases));
    const at = checksumAt(changed);
    if (at === undefined || random.oneIn(8)) return changed;
    changed.write(hashAround(changed, at), at, "latin1");
    return new Uint8Array(changed);
  };
}

function hasRightChecksum(input: Uint8Array): boolean {
  const bytes = Buffer.from(input);
  const at = checksumAt(bytes);
  return at !== undefined && bytes.toString("latin1", at, at + 64) === hashAround(bytes, at);
}

function checksumAt(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(KEY);
  return at < 0 || at + KEY.length + 64 > bytes.length ? undefined : at + KEY.length;
}

function hashAround(bytes: Buffer, at: number): string {
  const hash = createHash("sha256").update(bytes.subarray(0, at)).update("0".repeat(64));
  return hash.update(bytes.subarray(at + 64)).digest("hex");
}

/**
 * A session: one backend, its memory scopes and its tape. Sessions share nothing, so concurrent callers each have one.
 */
import { type Node, Tape } from "./autograd/tape.ts";
import type { Backend, BackendName } from "./backend.ts";
import { bytesOf, type DType, type FloatType } from "./dtype.ts";
import { DTypeError, ScopeError, ShapeError } from "./errors.ts";
import { type OptionNames, requireKnownOptions } from "./known-options.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import { type Block, type FreedBy, Tensor } from "./tensor.ts";
import { endAfter, tensorsIn } from "./tidy.ts";
import { UnscopedMemory } from "./unscoped-memory.ts";

export interface TensorOptions {
  /** Default: the session's float type. */
  readonly dtype?: DType;
  /** Marks a parameter. Default false. */
  readonly requiresGrad?: boolean;
}

const tensorOptionNames: OptionNames<TensorOptions> = { dtype: true, requiresGrad: true };

/** A region of memory: tensors made while it is the innermost scope are freed when it ends. */
export class Scope {
  readonly #session: Session;
  readonly blocks = new Set<Block>();
  /** Length of the tape when the scope began; what was recorded since is dropped with it. */
  readonly tapeStart: number;

  /** @internal */
  constructor(session: Session, tapeStart: number) {
    this.#session = session;
    this.tapeStart = tapeStart;
  }

  /**
   * Hands `tensor` to the enclosing scope (or to the session), so that it outlives this one and `backward`.
   *
   * @throws {ScopeError} if its elements are gone already
   */
  keep<T extends Tensor>(tensor: T): T {
    void tensor.storage; // throws when the elements are gone
    this.#session.moveOut(this, tensor.block);
    return tensor;
  }

  /**
   * Frees `tensor` before the scope ends, for loops whose steps hand on what would otherwise gather in it.
   *
   * @throws {ScopeError} if its elements are gone already, or belong to another scope
   */
  free(tensor: Tensor): void {
    void tensor.storage; // throws when the elements are gone
    if (!this.blocks.has(tensor.block)) throw new ScopeError("free: the tensor belongs to another scope");
    this.#session.freeEarly(this, tensor.block, "free");
  }

  /** Frees everything. @throws {ScopeError} if an inner scope is still open */
  [Symbol.dispose](): void {
    this.#session.close(this);
  }
}

export class Session {
  /** @internal Kernels; layers never touch it. */
  readonly backend: Backend;
  /** @internal */
  readonly tape = new Tape();
  readonly #scopes: Scope[] = [];
  readonly #unscoped = new UnscopedMemory();
  #noGradDepth = 0;
  #isDisposed = false;

  /** @internal Use `createSession`. */
  constructor(backend: Backend) {
    this.backend = backend;
  }

  get backendName(): BackendName {
    return this.backend.name;
  }

  /** The backend and what its kernels were compiled for, such as `native (avx2)`: for people, not to compare with. */
  get backendText(): string {
    const { name, instructions } = this.backend;
    return instructions === undefined ? name : `${name} (${instructions})`;
  }

  get threads(): number {
    return this.backend.threads;
  }

  get floatType(): FloatType {
    return this.backend.floatType;
  }

  /** A tensor with a copy of `data`, row-major. @throws {ShapeError} if the count does not fit the shape */
  tensor(data: ArrayLike<number>, shape: Shape, options: TensorOptions = {}): Tensor {
    checkShape("tensor", shape);
    requireKnownOptions("tensor", options, tensorOptionNames);
    if (data.length !== sizeOf(shape)) {
      throw new ShapeError("tensor", `${sizeOf(shape)} elements for shape [${shape.join(", ")}]`, `${data.length}`);
    }
    const tensor = this.#make(shape, options, options.requiresGrad ?? false);
    this.backend.write(tensor.storage, data);
    return tensor;
  }

  zeros(shape: Shape, options: TensorOptions = {}): Tensor {
    return this.full(shape, 0, options);
  }

  full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
    requireKnownOptions("full", options, tensorOptionNames);
    if (typeof value !== "number") throw new DTypeError("full", "a number to fill with", String(value));
    const tensor = this.#make(shape, options, options.requiresGrad ?? false);
    this.backend.fill(tensor.storage, value);
    return tensor;
  }

  /** @internal A tensor with undefined elements, for the output of a kernel. */
  empty(shape: Shape, options: TensorOptions = {}): Tensor {
    const tensor = this.#make(shape, options, false);
    if (this.#scopes.length === 0) this.#unscoped.addTensor(tensor.size * bytesOf(tensor.dtype));
    return tensor;
  }

  /** @internal The backend, for work whose threads must be there. @throws {ScopeError} if the session was disposed */
  get liveBackend(): Backend {
    if (this.#isDisposed) throw new ScopeError("the session was disposed; make tensors in a new one");
    return this.backend;
  }

  #make(shape: Shape, options: TensorOptions, isParameter: boolean): Tensor {
    const { liveBackend: backend } = this;
    checkShape("tensor", shape);
    const dtype = options.dtype ?? this.floatType;
    if (dtype !== "int32" && dtype !== this.floatType) {
      throw new DTypeError("tensor", `${this.floatType} or int32 on this session`, dtype);
    }
    if (dtype === "int32" && options.requiresGrad) {
      throw new DTypeError("tensor", "a float type where requiresGrad is set", dtype);
    }
    const block: Block = { storage: backend.allocate(dtype, sizeOf(shape)), isParameter, freedBy: undefined };
    this.#scopes.at(-1)?.blocks.add(block);
    return new Tensor(this, block, shape, options.requiresGrad ?? false);
  }

  /** @internal The same elements under another shape of equal size, not recorded. */
  alias(tensor: Tensor, shape: Shape, requiresGrad = false): Tensor {
    return new Tensor(this, tensor.block, shape, requiresGrad);
  }

  /** Opens a scope: `using scope = session.scope();`. Scopes nest and must end in reverse order. */
  scope(): Scope {
    if (this.#scopes.length === 0 && !this.#isDisposed) this.backend.chooseThreads?.();
    const scope = new Scope(this, this.tape.length);
    this.#scopes.push(scope);
    return scope;
  }

  /** @internal */
  get innermostScope(): Scope | undefined {
    return this.#scopes.at(-1);
  }

  /**
   * Runs `work` in a scope of its own, for JavaScript without `using`: what it made is freed afterwards, but for the tensors in
   * its result (a tensor, or arrays, maps and plain objects that hold some), which go to the enclosing scope.
   *
   * The scope of work that returns a promise ends when that settles; open no scope around it that ends sooner.
   */
  tidy<T>(work: () => T): T {
    const scope = this.scope();
    return endAfter(scope, work, (result) => {
      for (const tensor of tensorsIn(result)) scope.keep(tensor);
    });
  }

  /** Stops recording until it is disposed: `using _ = session.noGrad();`. */
  noGrad(): Disposable;
  /** Runs `work` without recording, for JavaScript without `using`. */
  noGrad<T>(work: () => T): T;
  noGrad<T>(work?: () => T): Disposable | T {
    this.#noGradDepth++;
    const pause = { [Symbol.dispose]: () => void this.#noGradDepth-- };
    return work === undefined ? pause : endAfter(pause, work);
  }

  /** Records until it is disposed, where `noGrad` holds too: for a model that learns while it is evaluated. */
  enableGrad(): Disposable {
    const depth = this.#noGradDepth;
    this.#noGradDepth = 0;
    return {
      [Symbol.dispose]: () => {
        this.#noGradDepth = depth;
      },
    };
  }

  /** @internal Notes a backward pass, whose gradients go to the innermost scope. */
  notePass(): void {
    if (this.#scopes.length === 0) this.#unscoped.addPass();
  }

  /** @internal */
  get recording(): boolean {
    return this.#noGradDepth === 0;
  }

  /** @internal */
  record(node: Node): void {
    this.tape.push(node);
  }

  /** The first recorded op whose output holds a NaN or an infinity, in the order of computation. */
  firstNonFinite(): { op: string; index: number } | undefined {
    for (const node of this.tape.nodes) {
      for (const output of node.outputs) {
        if (output.dtype === "int32") continue;
        const index = this.backend.firstNonFinite(output.storage);
        if (index >= 0) return { op: node.op, index };
      }
    }
    return undefined;
  }

  /** Most bytes that tensors of this session held at once. */
  peakBytes(): number {
    return this.backend.peakBytes();
  }

  /** Ends worker threads; the session's tensors are gone. Disposing of it again does nothing. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.backend.dispose();
  }

  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const threads = `${this.threads} thread${this.threads === 1 ? "" : "s"}`;
    return `Session(${this.backendText}, ${this.floatType}, ${threads}${this.#isDisposed ? ", disposed" : ""})`;
  }

  /** Whether `dispose` was called. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** @internal */
  moveOut(scope: Scope, block: Block): void {
    const depth = this.#scopes.indexOf(scope);
    if (depth < 0) throw new ScopeError("keep: the scope has ended");
    if (!scope.blocks.delete(block)) return;
    if (depth > 0) this.#scopes[depth - 1]!.blocks.add(block);
  }

  /** @internal */
  close(scope: Scope): void {
    if (this.#scopes.at(-1) !== scope) {
      throw new ScopeError(
        this.#scopes.includes(scope)
          ? "scopes must end in reverse order: an inner one is still open"
          : "scope ended twice",
      );
    }
    this.#scopes.pop();
    this.tape.truncate(scope.tapeStart);
    for (const block of scope.blocks) this.#free(block, "scope");
  }

  /** @internal Frees a block of `scope`, or of the session, before that ends. */
  freeEarly(scope: Scope | undefined, block: Block, by: FreedBy): void {
    scope?.blocks.delete(block);
    this.#free(block, by);
  }

  #free(block: Block, by: FreedBy): void {
    block.freedBy = by;
    this.backend.free(block.storage);
  }
}

/**
 * A pickle machine that runs no code: it builds dictionaries, lists, tuples, texts and numbers, and hands everything that
 * Python would call to its caller, who knows a closed list. What it builds is never larger than the file.
 *
 * @see CPython, `Lib/pickletools.py`, which describes each opcode
 */

/** A name that a pickle refers to, such as `collections.OrderedDict`. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a pickle can hold here; `object` is what `call` made. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleGlobal
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | { readonly made: unknown };

/** What gives a pickle its meaning. */
export interface PickleHost {
  /** What a call of a global gives. Throws for all that is not known. */
  call(callee: PickleGlobal, args: readonly PickleValue[]): PickleValue;
  /** What a persistent id stands for, such as a storage beside the pickle. */
  load(id: PickleValue): PickleValue;
  /** Says what is wrong with the pickle. */
  fail(problem: string): never;
}

const MARK = Symbol("mark");
type Slot = PickleValue | typeof MARK;

/** Bytes of a whole number; larger ones are no sizes or steps. */
const LONGEST_NUMBER = 16;

/** Reads one pickle and says where it ends. */
export function readPickle(bytes: Uint8Array, start: number, host: PickleHost): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, start, host);
  const value = machine.run();
  return { value, end: machine.at };
}

class PickleMachine {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #host: PickleHost;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, start: number, host: PickleHost) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.#host = host;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.uint8();
      if (opcode === 0x2e) return this.pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    const step = STEPS.get(opcode);
    if (step === undefined)
      this.#host.fail(`opcode 0x${opcode.toString(16)} at byte ${this.at - 1} is none of those that tensors need`);
    step(this);
  }

  fail(problem: string): never {
    return this.#host.fail(problem);
  }

  uint8(): number {
    if (this.at >= this.#bytes.length) return this.#host.fail("the pickle is cut short");
    return this.#bytes[this.at++]!;
  }

  #take(count: number): number {
    const start = this.at;
    if (count > this.#bytes.length - start) return this.#host.fail("the pickle is cut short");
    this.at += count;
    return start;
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.slice(start, start + count);
  }

  text(count: number): string {
    const start = this.#take(count);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + count));
  }

  /** Up to the end of the line, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) return this.#host.fail("the pickle is cut short");
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  /** A little-endian two's complement number. */
  wholeNumber(count: number): number | bigint {
    if (count > LONGEST_NUMBER) return this.#host.fail(`it holds a whole number of ${count} bytes`);
    const bytes = this.bytes(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    if (count > 0 && bytes[count - 1]! >= 0x80) value -= 1n << BigInt(8 * count);
    return narrowed(value);
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pushMark(): void {
    this.#stack.push(MARK);
  }

  pop(): PickleValue {
    const top = this.#stack.pop();
    if (top === undefined || top === MARK) return this.#host.fail("the pickle takes more than it has put down");
    return top;
  }

  /** POP drops a mark too. */
  drop(): void {
    if (this.#stack.pop() === undefined) this.#host.fail("the pickle takes more than it has put down");
  }

  peek(): PickleValue {
    const top = this.pop();
    this.#stack.push(top);
    return top;
  }

  /** All since the last mark, which goes too. */
  popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) return this.#host.fail("the pickle closes what it has not opened");
    const values = this.#stack.splice(mark) as PickleValue[];
    return values.slice(1);
  }

  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  remember(key: number): void {
    this.#memo.set(key, this.peek());
  }

  /** MEMOIZE numbers by itself. */
  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) this.#host.fail(`the pickle refers to value ${key}, which it has not stored`);
    else this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.peek();
    if (!Array.isArray(list)) this.#host.fail("the pickle appends to what is no list");
    for (const value of values) list.push(value);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const map = this.peek();
    if (!(map instanceof Map)) this.#host.fail("the pickle sets keys of what is no dictionary");
    if (pairs.length % 2 !== 0) this.#host.fail("the pickle has a key without a value");
    for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== "string" || typeof name !== "string")
      this.#host.fail("the pickle has a name that is no text");
    this.push(new PickleGlobal(`${module}.${name}`));
  }

  /** What Python would call. */
  call(args: PickleValue, callee: PickleValue): void {
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) this.#host.fail("the pickle calls what is no name");
    this.push(this.#host.call(callee, args));
  }

  load(id: PickleValue): void {
    this.push(this.#host.load(id));
  }

  /** The attributes that an ordered dictionary of PyTorch has (`_metadata`) are passed over; nothing else may have any. */
  build(): void {
    this.pop();
    if (!(this.peek() instanceof Map)) this.#host.fail("the pickle sets attributes of an object that is no dictionary");
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function numberOf(machine: PickleMachine, text: string): number | bigint {
  if (!/^-?\d{1,39}L?$/.test(text)) return machine.fail(`${JSON.stringify(text.slice(0, 40))} is no whole number`);
  return narrowed(BigInt(text.replace("L", "")));
}

/** By opcode; letters where the pickle module has letters. */
const STEPS: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map<number, (m: PickleMachine) => void>([
  [0x80, (m) => void m.uint8()], // PROTO
  [0x95, (m) => void m.uint64()], // FRAME
  [code("("), (m) => m.pushMark()],
  [code("0"), (m) => m.drop()],
  [code("1"), (m) => void m.popToMark()],
  [code("2"), (m) => m.push(m.peek())],
  [code("N"), (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [code("I"), (m) => m.push(intLine(m, m.line()))],
  [code("J"), (m) => m.push(m.int32())],
  [code("K"), (m) => m.push(m.uint8())],
  [code("M"), (m) => m.push(m.uint16())],
  [code("L"), (m) => m.push(numberOf(m, m.line()))],
  [0x8a, (m) => m.push(m.wholeNumber(m.uint8()))],
  [0x8b, (m) => m.push(m.wholeNumber(m.uint32()))],
  [code("F"), (m) => m.push(Number(m.line()))],
  [code("G"), (m) => m.push(m.float64())],
  [code("T"), (m) => m.push(m.text(m.uint32()))],
  [code("U"), (m) => m.push(m.text(m.uint8()))],
  [code("V"), (m) => m.push(m.line())],
  [code("X"), (m) => m.push(m.text(m.uint32()))],
  [0x8c, (m) => m.push(m.text(m.uint8()))],
  [0x8d, (m) => m.push(m.text(m.uint64()))],
  [code("B"), (m) => m.push(m.bytes(m.uint32()))],
  [code("C"), (m) => m.push(m.bytes(m.uint8()))],
  [0x8e, (m) => m.push(m.bytes(m.uint64()))],
  [code("]"), (m) => m.push([])],
  [code("l"), (m) => m.push(m.popToMark())],
  [code("a"), (m) => m.append(m.popMany(1))],
  [code("e"), (m) => m.append(m.popToMark())],
  [code(")"), (m) => m.push([])],
  [code("t"), (m) => m.push(m.popToMark())],
  [0x85, (m) => m.push(m.popMany(1))],
  [0x86, (m) => m.push(m.popMany(2))],
  [0x87, (m) => m.push(m.popMany(3))],
  [code("}"), (m) => m.push(new Map())],
  [code("d"), (m) => newMap(m)],
  [code("s"), (m) => m.setItems(m.popMany(2))],
  [code("u"), (m) => m.setItems(m.popToMark())],
  [0x8f, (m) => m.push([])], // EMPTY_SET
  [0x90, (m) => m.append(m.popToMark())],
  [0x91, (m) => m.push(m.popToMark())],
  [code("g"), (m) => m.recall(Number(m.line()))],
  [code("h"), (m) => m.recall(m.uint8())],
  [code("j"), (m) => m.recall(m.uint32())],
  [code("p"), (m) => m.remember(Number(m.line()))],
  [code("q"), (m) => m.remember(m.uint8())],
  [code("r"), (m) => m.remember(m.uint32())],
  [0x94, (m) => m.rememberNext()],
  [code("c"), (m) => m.pushGlobal(m.line(), m.line())],
  [0x93, (m) => stackGlobal(m)],
  [code("R"), (m) => m.call(m.pop(), m.pop())],
  [0x81, (m) => m.call(m.pop(), m.pop())], // NEWOBJ
  [code("b"), (m) => m.build()],
  [code("Q"), (m) => m.load(m.pop())],
]);

function code(letter: string): number {
  return letter.charCodeAt(0);
}

/** `I01` and `I00` are true and false. */
function intLine(machine: PickleMachine, text: string): PickleValue {
  if (text === "01") return true;
  return text === "00" ? false : numberOf(machine, text);
}

function newMap(machine: PickleMachine): void {
  const pairs = machine.popToMark();
  machine.push(new Map());
  machine.setItems(pairs);
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  machine.pushGlobal(machine.pop(), name);
}

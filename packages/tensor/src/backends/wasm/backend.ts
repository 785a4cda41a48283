import type { Backend } from "../../backend.ts";
import { createReferenceBackend } from "../reference/backend.ts";
export async function createWasmBackend(_threads: number): Promise<Backend> { return createReferenceBackend("float32"); }

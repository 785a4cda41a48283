// The program of import.mjs with types, as a module.
import { readdirSync, readFileSync } from "node:fs";
import { openModel } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";

const files = new Map(readdirSync("model").map((name) => [name, readFileSync(`model/${name}`)] as const));
const session = await createSession({ backend: "auto" });
const model = await openModel(files, session);
for await (const { prediction } of model.predict(["good"])) console.log(prediction);

import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashText } from "@cellstate/files";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CardFile } from "../../config.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { cacheFolder, mirrorFolder } from "./folders.ts";
import { resolveFile } from "./resolve-file.ts";
import { fetchDataset, verifyDataset } from "./verify.ts";

const CONTENT = "label\ttext\n1\tgood\n";
let server: Server;
let base: string;
let requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (request.url === "/train.tsv") response.end(CONTENT);
    else if (request.url === "/changed.tsv") response.end(CONTENT.replace("good", "evil"));
    else if (request.url === "/long.tsv") response.end(CONTENT.repeat(10));
    else if (request.url === "/short.tsv") response.end(CONTENT.slice(0, 5));
    else if (request.url === "/cut.tsv") {
      response.writeHead(200, { "content-length": String(CONTENT.length) });
      response.write(CONTENT.slice(0, 5));
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(404).end("<html>not here</html>");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  requests = [];
  folder = await mkdtemp(join(tmpdir(), "files-"));
  env = { XDG_CACHE_HOME: join(folder, "cache"), CELLSTATE_DATASETS: join(folder, "mirror") };
});

const entry = (url?: string): CardFile => ({
  path: "train.tsv",
  sha256: hashText(CONTENT),
  bytes: CONTENT.length,
  ...(url === undefined ? {} : { url: `${base}/${url}` }),
});

function located(file: CardFile): LocatedCard {
  const card: LocatedCard["card"] = {
    formatVersion: 1,
    name: "tiny",
    title: "Tiny",
    description: "One text.",
    license: "CC0-1.0",
    source: "somewhere",
    format: "tsv",
    columns: { text: "text", label: "label" },
    files: [file],
    splits: { train: "train.tsv" },
  };
  return { card, file: join(folder, "tiny", "dataset.yaml"), folder: join(folder, "tiny") };
}

const resolveTiny = (file: CardFile) => resolveFile(located(file), file, { env });

async function put(place: string, content = CONTENT): Promise<string> {
  await mkdir(join(folder, place, "tiny"), { recursive: true });
  await writeFile(join(folder, place, "tiny", "train.tsv"), content);
  return join(folder, place, "tiny", "train.tsv");
}

describe("looking for a file", () => {
  test("the mirror comes first, then the card's folder, then the cache, then download", async () => {
    const file = entry("train.tsv");
    const downloaded = await resolveTiny(file);
    expect(downloaded).toEqual({
      path: join(folder, "cache/cellstate/datasets/tiny/train.tsv"),
      origin: "download",
      sha256: file.sha256,
    });
    expect(await readFile(downloaded.path, "utf8")).toBe(CONTENT);
    expect((await resolveTiny(file)).origin).toBe("cache");
    const bundled = await put(".");
    expect(await resolveTiny(file)).toMatchObject({ origin: "bundled", path: bundled });
    const mirrored = await put("mirror");
    expect(await resolveTiny(file)).toMatchObject({ origin: "mirror", path: mirrored });
    expect(requests).toEqual(["/train.tsv"]);
  });

  test("a file with another sha256 names itself, what was expected and what was found", async () => {
    const path = await put("mirror", "label\ttext\n1\tevil\n");
    await expect(resolveTiny(entry())).rejects.toThrow(
      `${path}: sha256 does not match its dataset card: expected ${hashText(CONTENT)}, found ${hashText("label\ttext\n1\tevil\n")}; replace the file in the folder that CELLSTATE_DATASETS names`,
    );
  });

  test("a file that is nowhere and has no address says how to get it", async () => {
    await expect(resolveTiny(entry())).rejects.toThrow(
      /tiny: the file train\.tsv was not found and its card has no download address: .*mirror\/tiny\/train\.tsv does not exist .*; get it from somewhere as <folder>\/tiny\/train\.tsv with sha256 [0-9a-f]{64}, and set CELLSTATE_DATASETS to that folder/,
    );
    env = { XDG_CACHE_HOME: join(folder, "cache") };
    await expect(resolveTiny(entry())).rejects.toThrow("CELLSTATE_DATASETS is not set");
  });

  test("verify tells present, missing and changed files apart, and fetch makes them present", async () => {
    const card = located(entry("train.tsv"));
    expect(await verifyDataset(card, { env })).toMatchObject([{ file: "train.tsv", status: "missing" }]);
    expect(await fetchDataset(card, { env })).toMatchObject([{ status: "ok", origin: "download" }]);
    expect(await verifyDataset(card, { env })).toMatchObject([{ status: "ok", origin: "cache" }]);
    await put("mirror", "x");
    expect(await verifyDataset(card, { env })).toMatchObject([{ status: "mismatch", foundSha256: hashText("x") }]);
  });
});

describe("a download that goes wrong keeps nothing", () => {
  const cases: [string, string, RegExp][] = [
    ["changed bytes", "changed.tsv", /changed\.tsv: sha256 does not match .* nothing was kept/],
    ["a missing page", "none.tsv", /download of .*none\.tsv failed: the server answered HTTP 404/],
    ["a connection that breaks", "cut.tsv", /download of .*cut\.tsv failed: broke off after 5 bytes/],
    ["a body that is too short", "short.tsv", /download of .*short\.tsv failed: truncated after 5 of 18 bytes/],
    ["a body that is too long", "long.tsv", /the server sends more than the 18 bytes expected/],
  ];
  test.each(cases)("%s", async (_, url, message) => {
    await expect(resolveTiny(entry(url))).rejects.toThrow(message);
    expect(await readdir(join(folder, "cache/cellstate/datasets/tiny"))).toEqual([]);
  });

  test("no server at all", async () => {
    const file: CardFile = { ...entry(), url: "http://127.0.0.1:1/train.tsv" };
    await expect(resolveTiny(file)).rejects.toThrow(
      /download of http:\/\/127\.0\.0\.1:1\/train\.tsv failed: fetch failed/,
    );
  });

  test("a cache that cannot be written", async () => {
    await writeFile(join(folder, "cache"), "a file where a folder should be");
    await expect(resolveTiny(entry("train.tsv"))).rejects.toThrow(/failed: cannot write .*cache/);
  });
});

test("the cache follows each system's custom", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "linux")).toBe(join("/x", "cellstate"));
  expect(cacheFolder({ HOME: "/home/a" }, "darwin")).toBe(join("/home/a", ".cache", "cellstate"));
  expect(cacheFolder({ HOME: "/home/a", LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "cellstate"));
});

test("a relative mirror is relative to the caller's folder", () => {
  expect(mirrorFolder({ CELLSTATE_DATASETS: "data", INIT_CWD: "/work" })).toBe(join("/work", "data"));
  expect(mirrorFolder({ CELLSTATE_DATASETS: "" })).toBeUndefined();
});

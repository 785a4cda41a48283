/** Which files of this process are code of plugins, as the loader saw them, and so whose code it was that threw. */
import { pathToFileURL } from "node:url";
import { asCaller } from "../paths.ts";

/** Path of each file to the plugin that brought it; like the modules themselves they stay for the life of the process. */
const pluginOfFile = new Map<string, string>();

/** Frames of a stack that are kept once there are plugins: the call into theirs may lie deep below an operation on tensors. */
const STACK_FRAMES = 60;

/** Notes that a file belongs to a plugin. The first plugin that brings it keeps it. */
export function notePluginFile(path: string, plugin: string): void {
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
  if (!pluginOfFile.has(path)) pluginOfFile.set(path, plugin);
}

/** The plugin that a file belongs to. */
export function pluginWith(path: string): string | undefined {
  return pluginOfFile.get(path);
}

/** The plugins whose files this process has loaded, or tried to. */
export function loadedPlugins(): readonly string[] {
  return [...new Set(pluginOfFile.values())];
}

/** A line of a plugin's file. */
interface Place {
  readonly path: string;
  readonly line: number;
  /** Where in the stack it stands. */
  readonly at: number;
}

/**
 * File and line of the plugin that was running when an error was thrown, or one that caused it: the innermost call that lies in a file
 * of a plugin, of its own rather than of a package that it imports. Undefined where none was.
 */
export function pluginPlace(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const places = placesIn(error);
  const own = places.find(({ path }) => !/[/\\]node_modules[/\\]/.test(path)) ?? places[0];
  return own === undefined ? pluginPlace(error.cause) : `${asCaller(own.path)}:${own.line}`;
}

function placesIn({ stack = "", message }: Error): readonly Place[] {
  // What a message says of a file is no place.
  const frames = message === "" ? stack : stack.replace(message, () => "");
  return [...pluginOfFile.keys()].flatMap((path) => placeOf(path, frames) ?? []).sort((a, b) => a.at - b.at);
}

/** The innermost line of a file; modules stand in a stack by their address, scripts by their path. */
function placeOf(path: string, frames: string): Place | undefined {
  const found = [pathToFileURL(path).href, path].flatMap((name) => {
    const match = new RegExp(`(?<=^|[\\s(]|file://)${escapeRegExp(name)}(?:[?#][^\\s:]*)?:(\\d+)`, "m").exec(frames);
    return match === null ? [] : [{ path, line: Number(match[1]), at: match.index }];
  });
  return found.sort((a, b) => a.at - b.at)[0];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\^$.*+?()[\]{}|]/g, "$&");
}

/**
 * Has plugins import the packages of this very installation, so that their tensors and sessions are ours wherever they lie, and notes
 * all else that they import as theirs.
 */
import module from "node:module";
import { fileURLToPath } from "node:url";
import { notePluginFile, pluginWith } from "./plugin-code.ts";

let isUsed = false;

/**
 * From now on `cellstate` and `@cellstate/*` mean those of this installation, and `zod` too where no package of its own asks for it.
 * Without hooks for that (Node before 22.15) they are found as npm installs them, beside the plugin.
 */
export function useOwnPackages(): void {
  if (isUsed || typeof module.registerHooks !== "function") return;
  isUsed = true;
  module.registerHooks({
    resolve(specifier, context, next) {
      const fromPackage = context.parentURL?.includes("/node_modules/") ?? false;
      if (!isOurs(specifier) && (fromPackage || !/^zod(?:\/|$)/.test(specifier))) {
        const resolved = next(specifier, context);
        noteImport(context.parentURL, resolved.url);
        return resolved;
      }
      try {
        return next(specifier, { ...context, parentURL: import.meta.url });
      } catch {
        return next(specifier, context);
      }
    },
  });
}

function isOurs(specifier: string): boolean {
  return specifier === "cellstate" || specifier.startsWith("@cellstate/");
}

/** What a plugin's file imports is the plugin's. */
function noteImport(importer: string | undefined, imported: string): void {
  const plugin = importer === undefined ? undefined : pluginWith(pathOf(importer) ?? "");
  const path = pathOf(imported);
  if (plugin !== undefined && path !== undefined) notePluginFile(path, plugin);
}

function pathOf(url: string): string | undefined {
  return url.startsWith("file:") ? fileURLToPath(url.replace(/[?#].*$/, "")) : undefined;
}

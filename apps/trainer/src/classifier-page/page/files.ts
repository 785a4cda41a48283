/** The files of the model, which stand in the page as base64 of gzip. */

/** By name. */
export async function readFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const elements = [...document.querySelectorAll<HTMLScriptElement>("script[data-file]")];
  return new Map(
    await Promise.all(
      elements.map(async (element) => [element.dataset.file!, await unzip(element.textContent)] as const),
    ),
  );
}

async function unzip(base64: string): Promise<Uint8Array> {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

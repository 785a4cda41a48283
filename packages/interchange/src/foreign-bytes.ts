/** What files are that were taken for models: pointers to files, and formats that are not read. */

const decoder = new TextDecoder();

/** Says what bytes are that no reader of this package reads, and what to do; undefined for what may be read. */
export function nameForeignBytes(bytes: Uint8Array): string | undefined {
  const head = decoder.decode(bytes.subarray(0, 64));
  if (head.startsWith("version https://git-lfs.github.com/spec/")) {
    return "a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`, or download it from where it is shown";
  }
  if (decoder.decode(bytes.subarray(4, 8)) === "TFL3")
    return "a TensorFlow Lite model, which has no layers any more; use the Keras file that it was made of";
  if (/^\s*(<!doctype html|<html)/i.test(head)) return "a web page, not the file itself; download the raw file";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "packed by gzip; unpack it first";
  return undefined;
}

/** Whether bytes look like a pickle of Python on its own. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
}

/** What files of `torch.save` before PyTorch 1.6 begin with: a pickle of this number. */
const OLD_TORCH = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

export function isOldTorchFile(bytes: Uint8Array): boolean {
  return OLD_TORCH.every((byte, at) => bytes[at] === byte);
}

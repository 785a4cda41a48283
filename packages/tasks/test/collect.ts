/** A stream as a list: `Array.fromAsync`, which not every engine has that runs the tests. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

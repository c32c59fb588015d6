/**
 * Header lines as node:http and node:http2 take them to send: each name once, with a list where it stands more than once.
 * Of two spellings of a name the first stands for all.
 * @param rawHeaders name, value, name, value …
 */
export function nodeHeaders(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const headers = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const header = headers.get(name.toLowerCase()) ?? { name, values: [] };
    header.values.push(rawHeaders[index + 1] ?? '');
    headers.set(name.toLowerCase(), header);
  }
  return Object.fromEntries(
    Array.from(headers.values(), ({ name, values: [first = '', ...more] }) => [
      name,
      more.length === 0 ? first : [first, ...more],
    ]),
  );
}

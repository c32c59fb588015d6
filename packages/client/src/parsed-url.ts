/** Reads a URL; undefined for what is none. Not through URL.canParse, which in Node 20 and 22 refuses every URL beyond
 * ASCII once the call is optimised. */
export function parsedUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

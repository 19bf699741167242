/** The longest text that is decoded, in characters. */
const longest = 2_048;

/** Encodes values as a text that clients hand back unread. */
export function encodeOpaque(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Decodes the values of {@link encodeOpaque}; null for any text that it cannot have made. */
export function decodeOpaque(text: string): unknown {
  if (text.length > longest || !/^[\w-]+$/.test(text)) return null;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null;
  }
}

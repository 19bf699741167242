/** The longest text that is looked at. */
const longest = 2_048;

/** Values as text that clients hand back unread. */
export function encodeOpaque(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** The values, or null where the text is none of ours. */
export function decodeOpaque(text: string): unknown {
  if (text.length > longest || !/^[\w-]+$/.test(text)) return null;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null;
  }
}

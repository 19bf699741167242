import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from "node:crypto";

const ivBytes = 12;
/** Random bytes are drawn for so many texts at once: drawn for each, they took half of the time. */
const ivsAtOnce = 256;
const tagBytes = 16;

/** Texts grow in steps of so many bytes, so that a length tells next to nothing (R57). */
const stepBytes = 48;

/** The longest text that is looked at. */
const longest = 4_096;

/**
 * Values as text that clients keep and hand back: nobody but this service can read, make or change such
 * a text (R56). The same values give another text each time.
 */
export interface Seal {
  /**
   * @param purpose texts that are sealed for one purpose can't be opened for another
   * @param leastBytes a text of fewer bytes is as long as one of so many
   */
  seal(purpose: string, values: unknown, leastBytes?: number): string;
  /** The values, or null where the text was not sealed for this purpose with this secret. */
  open(purpose: string, text: string): unknown;
}

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) derives from the secret. Nodes
 * with the same secret open each other's texts.
 */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(
    hkdfSync("sha256", secret, "", "acked cursors, version 3", 32),
  );
  const nextIv = ivs();
  return {
    seal(purpose, values, leastBytes = 0) {
      const iv = nextIv();
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      cipher.setAAD(Buffer.from(purpose));
      const sealed = cipher.update(padded(JSON.stringify(values), leastBytes));
      cipher.final();
      return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString(
        "base64url",
      );
    },

    open(purpose, text) {
      if (text.length > longest || !/^[\w-]+$/.test(text)) return null;
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length <= ivBytes + tagBytes) return null;
      const decipher = createDecipheriv(
        "aes-256-gcm",
        key,
        bytes.subarray(0, ivBytes),
        { authTagLength: tagBytes },
      );
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const values = decipher.update(bytes.subarray(ivBytes, -tagBytes));
        decipher.final();
        return JSON.parse(values.toString()) as unknown;
      } catch {
        return null;
      }
    },
  };
}

/** Random initialization vectors, each once. */
function ivs(): () => Buffer {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(ivBytes * ivsAtOnce);
    const iv = drawn.subarray(0, ivBytes);
    drawn = drawn.subarray(ivBytes);
    return iv;
  };
}

/** JSON may end in white space. */
function padded(json: string, leastBytes: number): Buffer {
  const length = Math.max(Buffer.byteLength(json), leastBytes);
  const bytes = Buffer.alloc(Math.ceil(length / stepBytes) * stepBytes, " ");
  bytes.write(json);
  return bytes;
}

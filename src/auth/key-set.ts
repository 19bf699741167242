/** The largest key set that is read. A set of 100 RSA keys of 4,096 bits with certificates has about 300 kB. */
const maxBytes = 512 * 1_024;
const maxKeys = 100;

/** Why a key set is not read. */
export class KeySetTooLarge extends Error {
  override readonly name = "KeySetTooLarge";
}

/**
 * Fetches a key set of an issuer, and reads no more of the answer than a key set may have.
 * @throws {KeySetTooLarge} past 512 KiB or 100 keys
 */
export async function fetchKeySet(
  url: string | URL,
  init: RequestInit,
): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    return response;
  }
  const text = await readText(response.body);
  if (countKeys(text) > maxKeys)
    throw new KeySetTooLarge(`The key set has more than ${maxKeys} keys.`);
  return new Response(text, { headers: response.headers });
}

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new KeySetTooLarge(`The key set has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function countKeys(text: string): number {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys.length : 0;
  } catch {
    return 0;
  }
}

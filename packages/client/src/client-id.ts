import { platform } from "./platform.js";

/**
 * An id that no other message of the sender in the conversation has (R17): 128 random bits. React Native has no
 * `crypto`; there `Math.random` gives them, for an id needs to be unlike others and not secret.
 */
export function newClientId(): string {
  const bytes = new Uint8Array(16);
  if (platform.crypto) platform.crypto.getRandomValues(bytes);
  else bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

import { platform } from "./platform.js";

/**
 * An id that no other message of the sender has (R17): 128 random bits. React Native has no `crypto`; there the
 * time stands before what `Math.random` gives, which needs to be unlike others and not secret.
 */
export function newClientId(): string {
  const bytes = platform.crypto
    ? platform.crypto.getRandomValues(new Uint8Array(16))
    : Array.from({ length: 16 }, () => Math.floor(Math.random() * 256));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  return (platform.crypto ? "" : Date.now().toString(36)) + hex.join("");
}

import { isOfMany } from "./shared-address.js";
import type { Viewer } from "../auth/viewer.js";

/** Names a caller. A service token whose `sub` is a user's id is another caller than the user. */
export function callerKey({ userId, isService }: Viewer): string {
  return `${isService ? "service" : "user"}\0${userId}`;
}

/** Names those who have shown no good token yet, by their address. */
export function strangerKey(address: string): string {
  return `${isOfMany(address) ? "many" : "address"}\0${address}`;
}

/** Whether a key stands for many: for all whom the host app's back end speaks for, or who come through a proxy. */
export function standsForMany(key: string): boolean {
  return key.startsWith("service\0") || key.startsWith("many\0");
}

/** Whether a key names strangers. */
export function isStranger(key: string): boolean {
  return key.startsWith("many\0") || key.startsWith("address\0");
}

import { useSyncExternalStore } from "react";
import { useApp } from "../app-context.js";

/** How this device is connected. */
export type ConnectionState = "online" | "connecting" | "offline";

/** Follows how this device is connected. */
export function useConnection(): ConnectionState {
  const { network, socket } = useApp();
  const isOnline = useSyncExternalStore(
    network.onChange,
    () => network.isOnline,
  );
  const isConnected = useSyncExternalStore(
    socket.onChange,
    () => socket.isConnected,
  );
  if (!isOnline) return "offline";
  return isConnected ? "online" : "connecting";
}

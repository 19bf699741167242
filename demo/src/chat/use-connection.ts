import { useSyncExternalStore } from "react";
import { useApp } from "../app-context.js";

/** The connection of this device. */
export type ConnectionState = "online" | "connecting" | "offline";

/** The current connection of this device. */
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

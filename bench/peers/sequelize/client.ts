import { io, type Socket } from "socket.io-client";

/** A client of the Socket.IO peer, let in. */
export async function openSocketIo(
  host: string,
  authorization: string,
): Promise<Socket> {
  const socket = io(`http://${host}`, {
    auth: { authorization },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}

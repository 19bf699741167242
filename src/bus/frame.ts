import type { Notice } from "./bus.js";

/**
 * A frame is what one message on the bus holds. All numbers are unsigned and big-endian.
 *
 * ```
 * version   1 byte   1
 * flags     1 byte   1: the sender leaves
 * sender    8 bytes  random, made when the sender starts
 * number    6 bytes  1, 2, 3, … by sender; of a frame without entries: that of the sender's last frame with entries
 * entries   each:    size of the rest (2 bytes), kind (1 byte), and by kind
 *   1 conversation   version (6 bytes), transaction (6 bytes, 0 for none), id (UTF-8)
 *   2 user           id (UTF-8)
 *   3 profile        id of the user (UTF-8)
 * ```
 *
 * Entries of a kind that a node does not know are skipped: a newer node may send them.
 */
export interface Frame {
  /** As 16 hexadecimal digits. */
  readonly sender: string;
  readonly number: number;
  readonly isLeaving: boolean;
  readonly notices: readonly Notice[];
}

/** Why bytes are no frame: of a version that this node does not know, or cut off, or never one. */
export type Unreadable = "unknown version" | "malformed";

const formatVersion = 1;
const leavingFlag = 1;
const headerBytes = 16;
const conversationKind = 1;
const userKind = 2;
const profileKind = 3;
/** Size, kind, version and transaction. */
const entryBytes = 2 + 1 + 6 + 6;
const largest = 2 ** 48 - 1;

/**
 * The most bytes of a frame. In base64 they are 7,868 characters: Postgres takes 7,999 as the payload of
 * NOTIFY. The longest id, 128 characters of four bytes, leaves room for eleven entries.
 */
export const mostFrameBytes = 5_900;

/** A frame, and how many notices it holds. */
export interface EncodedFrame {
  readonly bytes: Buffer;
  readonly count: number;
}

/** Writes a frame with as many of the notices as it has room for, from the first on. */
export function encodeFrame(
  { sender, number, isLeaving }: Omit<Frame, "notices">,
  notices: readonly Notice[],
): EncodedFrame {
  const bytes = Buffer.allocUnsafe(mostFrameBytes);
  bytes.writeUInt8(formatVersion, 0);
  bytes.writeUInt8(isLeaving ? leavingFlag : 0, 1);
  bytes.write(sender, 2, "hex");
  bytes.writeUIntBE(number, 10, 6);
  let end = headerBytes;
  let count = 0;
  for (const notice of notices) {
    const id =
      notice.kind === "conversation" ? notice.conversationId : notice.userId;
    if (end + entryBytes + Buffer.byteLength(id) > mostFrameBytes) break;
    end = writeEntry(bytes, end, notice, id);
    count++;
  }
  // A copy of what was written: the rest of the buffer is not kept.
  return { bytes: Buffer.from(bytes.subarray(0, end)), count };
}

/** @returns where the entry ends */
function writeEntry(
  bytes: Buffer,
  start: number,
  notice: Notice,
  id: string,
): number {
  let at = start + 2;
  switch (notice.kind) {
    case "conversation": {
      const { version, xid } = notice;
      at = bytes.writeUInt8(conversationKind, at);
      at = bytes.writeUIntBE(version, at, 6);
      at = bytes.writeUIntBE(xid === null || xid > largest ? 0 : xid, at, 6);
      break;
    }
    case "user":
      at = bytes.writeUInt8(userKind, at);
      break;
    case "profile":
      at = bytes.writeUInt8(profileKind, at);
  }
  at += bytes.write(id, at);
  bytes.writeUInt16BE(at - start - 2, start);
  return at;
}

/** Reads a frame. Never throws, whatever the bytes. */
export function decodeFrame(bytes: Buffer): Frame | Unreadable {
  if (bytes.length < headerBytes) return "malformed";
  if (bytes.readUInt8(0) !== formatVersion) return "unknown version";
  const notices: Notice[] = [];
  let at = headerBytes;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return "malformed";
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length || end < at + 3) return "malformed";
    const notice = readEntry(bytes.subarray(at + 2, end));
    if (notice === "malformed") return notice;
    if (notice) notices.push(notice);
    at = end;
  }
  return {
    sender: bytes.toString("hex", 2, 10),
    number: bytes.readUIntBE(10, 6),
    isLeaving: (bytes.readUInt8(1) & leavingFlag) !== 0,
    notices,
  };
}

/** Null for an entry of a kind that this node does not know. */
function readEntry(entry: Buffer): Notice | null | "malformed" {
  switch (entry.readUInt8(0)) {
    case conversationKind:
      return entry.length < 13
        ? "malformed"
        : {
            kind: "conversation",
            conversationId: entry.toString("utf8", 13),
            version: entry.readUIntBE(1, 6),
            xid: entry.readUIntBE(7, 6) || null,
          };
    case userKind:
      return { kind: "user", userId: entry.toString("utf8", 1) };
    case profileKind:
      return { kind: "profile", userId: entry.toString("utf8", 1) };
    default:
      return null;
  }
}

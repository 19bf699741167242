/** `@acked/client/react-native`: storage, connectivity and viewability, by the shapes of the usual libraries. */
import type { Connectivity } from "./connectivity.js";
import type { Message } from "./kit/lists.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";
import type { ReceiptQueue } from "./receipt-queue.js";

export type { Connectivity } from "./connectivity.js";

/**
 * A store of texts by key. With AsyncStorage: `{ get: AsyncStorage.getItem, set: AsyncStorage.setItem }`; with MMKV:
 * `{ get: (key) => mmkv.getString(key), set: (key, text) => mmkv.set(key, text) }`.
 */
export interface TextStore {
  get(
    key: string,
  ): Promise<string | null | undefined> | string | null | undefined;
  /** Keeps a text, all of it or nothing. Resolves or returns once it is durable. */
  set(key: string, text: string): unknown;
}

/**
 * Keeps a queue in a store of texts.
 * @param key each kind of queue needs its own for each user: `acked-receipts:alice`, `acked-outbox:alice`
 */
export function textStorage<E extends QueueEntry>(
  store: TextStore,
  key: string,
): QueueStorage<E> {
  async function load(): Promise<readonly E[]> {
    const text = await store.get(key);
    return text ? (JSON.parse(text) as E[]) : [];
  }
  return {
    load,
    async update(put, remove) {
      const entries = new Map((await load()).map((each) => [each.key, each]));
      for (const gone of remove) entries.delete(gone);
      for (const entry of put) entries.set(entry.key, entry);
      await store.set(key, JSON.stringify([...entries.values()]));
    },
  };
}

/** The part of `@react-native-community/netinfo` that is used. */
export interface NetInfoLike {
  addEventListener(
    listener: (state: { readonly isConnected: boolean | null }) => void,
  ): () => void;
}

/** The part of React Native's `AppState` that is used. */
export interface AppStateLike {
  addEventListener(
    type: "change",
    listener: (state: string) => void,
  ): { remove(): void };
}

/** Wakes queues and subscriptions when the network is back, and when the app comes to the foreground. */
export function deviceConnectivity(
  netInfo: NetInfoLike,
  appState: AppStateLike,
): Connectivity {
  return {
    onOnline(listener) {
      const stop = netInfo.addEventListener(({ isConnected }) => {
        if (isConnected) listener();
      });
      const changes = appState.addEventListener("change", (state) => {
        if (state === "active") listener();
      });
      return () => {
        stop();
        changes.remove();
      };
    },
  };
}

/** The props of a `FlatList` whose items are messages. */
export interface ViewabilityProps {
  readonly viewabilityConfig: {
    readonly itemVisiblePercentThreshold: number;
    readonly minimumViewTime: number;
  };
  readonly onViewableItemsChanged: (info: {
    readonly viewableItems: readonly { readonly item: unknown }[];
  }) => void;
}

/**
 * Marks the messages that a `FlatList` shows as read, with all before them. Make the props once for a list: React
 * Native refuses others later. Items that are no stored messages of others are left alone.
 */
export function viewability({
  receipts,
  userId,
}: {
  readonly receipts: Pick<ReceiptQueue, "readUpTo">;
  readonly userId: string;
}): ViewabilityProps {
  return {
    viewabilityConfig: {
      itemVisiblePercentThreshold: 50,
      minimumViewTime: 250,
    },
    onViewableItemsChanged({ viewableItems }) {
      let newest: Message | null = null;
      for (const { item } of viewableItems)
        if (isOfAnother(item, userId) && item.seq > (newest?.seq ?? 0))
          newest = item;
      if (newest)
        receipts.readUpTo({
          ...newest,
          conversationId: newest.conversation.id,
        });
    },
  };
}

function isOfAnother(item: unknown, userId: string): item is Message {
  return (
    typeof item === "object" &&
    item !== null &&
    "seq" in item &&
    (item as Message).sender.id !== userId
  );
}

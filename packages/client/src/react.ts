/** `@acked/client/react`: headless hooks over the connection that `/apollo` or `/urql` makes. React 18 or newer. */
export {
  useBadge,
  useConversations,
  useMessageInfo,
  useMessages,
  useSeen,
  useSend,
  useTicks,
  type Listed,
  type ShownMessage,
  type Ticks,
  type WaitingMessage,
} from "./react/hooks.js";
export { AckedProvider, useAcked } from "./react/provider.js";
export type { Conversation, Message, Recipient } from "./kit/lists.js";

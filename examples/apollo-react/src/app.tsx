import { connectApollo } from "@acked/client/apollo";
import * as acked from "@acked/client/react";
import { useState } from "react";
import { signedIn } from "./signed-in.js";

const connection = connectApollo(signedIn);

export const App = () => (
  <acked.AckedProvider acked={connection} children={<Conversations />} />
);

function Conversations() {
  const [openId, open] = useState("");
  const row = ({ id, title, unreadCount }: acked.Conversation) => (
    <section key={id} onClick={() => open(id)}>
      {title} {unreadCount} {id === openId && <Chat id={id} />}
    </section>
  );
  return [acked.useBadge(), ...acked.useConversations().conversations.map(row)];
}

function Chat({ id }: { id: string }) {
  const { shown, hasMore, loadMore } = acked.useMessages(id);
  const send = acked.useSend(id);
  return (
    <main>
      {hasMore && <button onClick={loadMore}>Older</button>}
      {shown.map((it) => (
        <Row key={it.clientId} message={it} />
      ))}
      <button onClick={() => send(prompt() ?? "")}>Write</button>
    </main>
  );
}

function Row({ message }: { message: acked.ShownMessage }) {
  const [isOpen, setOpen] = useState(false);
  const { recipients } = acked.useMessageInfo(isOpen ? message : null);
  return (
    <p ref={acked.useSeen(message)} onClick={() => setOpen(!isOpen)}>
      {message.body} {acked.useTicks(message).text}
      {recipients.map(({ user, statusText }) => ` ${user.id}: ${statusText}`)}
    </p>
  );
}

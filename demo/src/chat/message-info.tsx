import { useQuery } from "@apollo/client/react";
import {
  MessageInfoDocument,
  type MessageInfoQuery,
} from "@acked/client/operations";
import { Avatar } from "../controls/avatar.js";
import { Sheet } from "../controls/sheet.js";
import { nameOf } from "../words/names.js";
import { exactTime } from "../words/times.js";
import { useInfoFollowing } from "./use-info-following.js";

type Recipient = NonNullable<
  MessageInfoQuery["message"]
>["status"]["recipients"]["nodes"][number];

/** The recipients of a message, with the times of delivery and reading; kept up to date while open. */
export function MessageInfo({
  messageId,
  conversationId,
  onClose,
}: {
  messageId: string;
  conversationId: string;
  onClose: () => void;
}) {
  const { data, error } = useQuery(MessageInfoDocument, {
    variables: { id: messageId, first: 50 },
    fetchPolicy: "cache-and-network",
  });
  useInfoFollowing(conversationId);
  const message = data?.message;
  return (
    <Sheet title="Message info" onClose={onClose}>
      {error && !message && (
        <p role="alert" className="problem">
          This can’t be read now. Are you online?
        </p>
      )}
      {message && (
        <>
          <blockquote className="quote">{message.body}</blockquote>
          <p className="info-summary">
            {message.status.summaryText} · sent {exactTime(message.sentAt)}
          </p>
          <ul className="recipients">
            {message.status.recipients.nodes.map((recipient) => (
              <RecipientRow key={recipient.id} recipient={recipient} />
            ))}
          </ul>
        </>
      )}
    </Sheet>
  );
}

function RecipientRow({
  recipient: { user, state, statusText, deliveredAt, readAt },
}: {
  recipient: Recipient;
}) {
  return (
    <li className="recipient" data-recipient-state={state}>
      <Avatar name={nameOf(user)} />
      <span className="recipient-name">{nameOf(user)}</span>
      <span className="recipient-state">{statusText}</span>
      <dl>
        <Moment label="Delivered" at={deliveredAt ?? null} />
        <Moment label="Read" at={readAt ?? null} />
      </dl>
    </li>
  );
}

function Moment({ label, at }: { label: string; at: string | null }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {at === null ? "Not yet" : <time dateTime={at}>{exactTime(at)}</time>}
      </dd>
    </div>
  );
}

import { useMutation } from "@apollo/client/react";
import {
  AddParticipantsDocument,
  RemoveParticipantDocument,
} from "@acked/client/operations";
import { useState } from "react";
import { useApp } from "../app-context.js";
import { Avatar } from "../controls/avatar.js";
import { PeoplePicker } from "../controls/people-picker.js";
import { Sheet } from "../controls/sheet.js";
import type { ListedConversation } from "../inbox/queries.js";
import { nameOf } from "../words/names.js";

/** The participants of a conversation. Participants invite others and leave; its owner removes others. */
export function People({
  conversation: { id: conversationId, participants },
  onClose,
}: {
  conversation: ListedConversation;
  onClose: () => void;
}) {
  const { me, people, inbox } = useApp();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [add, adding] = useMutation(AddParticipantsDocument);
  const [remove, removing] = useMutation(RemoveParticipantDocument);
  const present = participants.nodes.filter(({ isActive }) => isActive);
  const isOwner = present.some(
    ({ user, role }) => user.id === me.id && role === "OWNER",
  );
  const absent = people.filter(
    ({ id }) => !present.some(({ user }) => user.id === id),
  );

  async function invite(): Promise<void> {
    const userIds = [...picked];
    await add({ variables: { input: { conversationId, userIds } } });
    setPicked([]);
    await inbox.reload();
  }

  async function removeUser(userId: string): Promise<void> {
    await remove({ variables: { input: { conversationId, userId } } });
    await inbox.reload();
  }

  return (
    <Sheet title="People" onClose={onClose}>
      {(adding.error ?? removing.error) && (
        <p role="alert" className="problem">
          That did not work. Are you online?
        </p>
      )}
      <ul className="people">
        {present.map(({ id, user, role }) => (
          <li key={id} className="person">
            <Avatar name={nameOf(user)} />
            <span>
              {nameOf(user)}
              {role === "OWNER" && <small> Owner</small>}
            </span>
            {(isOwner || user.id === me.id) && (
              <button
                type="button"
                className="quiet-button"
                aria-label={
                  user.id === me.id ? "Leave" : `Remove ${nameOf(user)}`
                }
                onClick={() => void removeUser(user.id).catch(() => undefined)}
              >
                {user.id === me.id ? "Leave" : "Remove"}
              </button>
            )}
          </li>
        ))}
      </ul>
      {absent.length > 0 && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            void invite().catch(() => undefined);
          }}
        >
          <PeoplePicker
            legend="Add people"
            people={absent}
            picked={picked}
            onPick={setPicked}
          />
          <button
            type="submit"
            className="strong-button"
            disabled={picked.length === 0 || adding.loading}
          >
            Add
          </button>
        </form>
      )}
    </Sheet>
  );
}

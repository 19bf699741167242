import { useMutation } from "@apollo/client/react";
import { CreateConversationDocument } from "@acked/client/operations";
import { useState, type SyntheticEvent } from "react";
import { useApp } from "../app-context.js";
import { PeoplePicker } from "../controls/people-picker.js";
import { Sheet } from "../controls/sheet.js";

/** The dialog that begins a conversation with one or more people. */
export function NewGroup({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (id: string) => void;
}) {
  const { me, people, inbox } = useApp();
  const [title, setTitle] = useState("");
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [create, { error, loading }] = useMutation(CreateConversationDocument);

  async function make(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    const input = { title: title.trim() || null, participantIds: picked };
    const { data } = await create({
      variables: { input: { ...input, participantIds: [...picked] } },
    });
    if (!data) return;
    await inbox.reload();
    onMade(data.createConversation.conversation.id);
  }

  return (
    <Sheet title="New group" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => void make(event).catch(() => undefined)}
      >
        <label className="field">
          <span>Title</span>
          <input
            value={title}
            maxLength={100}
            placeholder="None: the names of its people"
            onChange={({ target }) => setTitle(target.value)}
          />
        </label>
        <PeoplePicker
          legend="People"
          people={people.filter(({ id }) => id !== me.id)}
          picked={picked}
          onPick={setPicked}
        />
        {error && (
          <p role="alert" className="problem">
            That did not work. Are you online?
          </p>
        )}
        <button
          type="submit"
          className="strong-button"
          disabled={picked.length === 0 || loading}
        >
          Create
        </button>
      </form>
    </Sheet>
  );
}

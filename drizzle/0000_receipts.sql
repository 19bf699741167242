CREATE TYPE "public"."log_kind" AS ENUM('DELIVERED', 'READ', 'JOINED', 'LEFT', 'DELETED');--> statement-breakpoint
CREATE TYPE "public"."participant_role" AS ENUM('OWNER', 'MEMBER');--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text,
	"version" bigint DEFAULT 0 NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"active_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "conversations_last_seq" CHECK ("conversations"."last_seq" >= 0 and "conversations"."version" >= 0),
	CONSTRAINT "conversations_clock" CHECK ("conversations"."changed_at" >= "conversations"."active_at" and "conversations"."active_at" >= "conversations"."created_at")
);
--> statement-breakpoint
CREATE TABLE "message_keys" (
	"sender_id" text NOT NULL,
	"client_id" text NOT NULL,
	"conversation_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"content_digest" text NOT NULL,
	CONSTRAINT "message_keys_sender_id_client_id_pk" PRIMARY KEY("sender_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"conversation_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"version" bigint NOT NULL,
	"sender_id" text NOT NULL,
	"sender_ordinal" bigint NOT NULL,
	"client_id" text NOT NULL,
	"body" text,
	"type" text NOT NULL,
	"file_type" text,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "messages_conversation_id_seq_pk" PRIMARY KEY("conversation_id","seq"),
	CONSTRAINT "messages_seq" CHECK ("messages"."seq" >= 1 and "messages"."sender_ordinal" between 1 and "messages"."seq"),
	CONSTRAINT "messages_deleted_have_no_body" CHECK ("messages"."deleted_at" is null or "messages"."body" is null),
	CONSTRAINT "messages_body_bytes" CHECK (octet_length("messages"."body") <= 65536)
);
--> statement-breakpoint
CREATE TABLE "participants" (
	"conversation_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" "participant_role" NOT NULL,
	"is_founder" boolean NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"left_at" timestamp (3) with time zone,
	"member" "int8multirange" NOT NULL,
	"delivered" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL,
	"read" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL,
	"hidden" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL,
	"sent_count" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "participants_conversation_id_user_id_pk" PRIMARY KEY("conversation_id","user_id"),
	CONSTRAINT "participants_active" CHECK (upper_inf("participants"."member") = ("participants"."left_at" is null)),
	CONSTRAINT "participants_sets" CHECK ("participants"."hidden" <@ "participants"."read" and "participants"."read" <@ "participants"."delivered" and "participants"."delivered" <@ "participants"."member"),
	CONSTRAINT "participants_sent_count" CHECK ("participants"."sent_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "receipt_log" (
	"conversation_id" text NOT NULL,
	"version" bigint NOT NULL,
	"user_id" text NOT NULL,
	"kind" "log_kind" NOT NULL,
	"first_seq" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"is_hidden" boolean DEFAULT false NOT NULL,
	"is_delivery" boolean DEFAULT false NOT NULL,
	CONSTRAINT "receipt_log_conversation_id_version_user_id_kind_first_seq_pk" PRIMARY KEY("conversation_id","version","user_id","kind","first_seq"),
	CONSTRAINT "receipt_log_run" CHECK ("receipt_log"."first_seq" >= 1 and "receipt_log"."last_seq" >= "receipt_log"."first_seq" - 1)
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"display_name" text,
	"avatar_url" text,
	"read_receipts" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_by_sender" ON "messages" USING btree ("conversation_id","sender_id","seq","sender_ordinal");--> statement-breakpoint
CREATE INDEX "messages_deleted" ON "messages" USING btree ("conversation_id","seq") WHERE "messages"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "participants_by_user" ON "participants" USING btree ("user_id","conversation_id") WHERE "participants"."left_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_log_times" ON "receipt_log" USING btree ("conversation_id","user_id","kind","first_seq") WHERE "receipt_log"."kind" in ('DELIVERED', 'READ');
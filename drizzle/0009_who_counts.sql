ALTER TABLE "conversations" ADD COLUMN "under_counts" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "under_off" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "is_observer" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "observed" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "withheld" "int8multirange" DEFAULT '{}'::int8multirange NOT NULL;
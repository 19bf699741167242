-- Rows that every mark or message updates: room on the page keeps each update heap-only (HOT).
ALTER TABLE "conversations" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "participants" SET (fillfactor = 70);

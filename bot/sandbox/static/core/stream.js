/** The server-sent event stream, reconnected with backoff; the page is told when it is lost and when it is back. */

import { identity } from "./api.js";
import { emit } from "./session.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

let source = null;
let timer = 0;
let wait = FIRST_WAIT_MS;
let lost = false;

function opened() {
  wait = FIRST_WAIT_MS;
  emit("connection", { connected: true, recovered: lost });
  lost = false;
}

function failed() {
  source.close();
  lost = true;
  emit("connection", { connected: false, retryInMs: wait });
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function received(event) {
  try {
    emit("event", JSON.parse(event.data));
  } catch {
    emit("event", { type: "state" });
  }
}

/** Opens the stream; called again it reconnects at once. */
export function connect() {
  clearTimeout(timer);
  source?.close();
  source = new EventSource(`/ui/stream?as=${encodeURIComponent(identity.as)}`);
  source.addEventListener("open", opened);
  source.addEventListener("error", failed);
  source.addEventListener("message", received);
}

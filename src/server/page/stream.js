// The stream `/live`: its end or its silence is said at once, and it is asked for again until it is back.

const SILENT_MS = 5000; // a node says something every second
const LONGEST_PAUSE_MS = 10_000;
const ASK_AGAIN_MS = 3000;

const stream = { source: null, failures: 0, heardAt: monotone(), openedAt: 0, retryAt: 0, ever: false };

const connection = () => document.body.dataset.connection;

function connected(how, text) {
  document.body.dataset.connection = how;
  say(byId("connection"), text);
  say(byId("alert"), how === "asking" ? "This node has no place for another live stream: it is asked every few seconds instead." : "");
  show(byId("dropped-more"), false);
}

function taken(status, how) {
  const was = connection();
  render(status);
  stream.ever = true;
  stream.heardAt = monotone();
  if (how === "asking") connected(how, "Asked every few seconds");
  else if (was === "stale") connected(how, `Live again since ${local(serverNow())}`);
  else if (was !== "live") connected(how, "Live");
  noteChanges(status);
}

/** Closes what is left of the stream and says so; the pause before the next try grows from 1 s to 10 s. */
function dropped(why) {
  stream.source?.close();
  stream.source = null;
  stream.failures += 1;
  stream.retryAt = monotone() + Math.min(1000 * 2 ** (stream.failures - 1), LONGEST_PAUSE_MS);
  document.body.dataset.connection = "stale";
  say(byId("connection"), "Not live");
  say(byId("alert"), stream.ever ? `${why} What you see is old.` : why);
  show(byId("stale-since"), stream.ever);
  if (stream.ever) moment(byId("stale-at"), received.server);
  show(byId("dropped-more"), true);
  say(document.querySelector("#verdict .mark"), "?");
  if (!document.title.startsWith("(old) ")) document.title = `(old) ${document.title}`;
  sayRetry();
}

function sayRetry() {
  const seconds = Math.ceil((stream.retryAt - monotone()) / 1000);
  say(byId("retry"), stream.source || seconds < 1 ? "Trying again now." : `Trying again in ${seconds} s.`);
}

/** The node, or a proxy, refused the stream: a node does when all places are taken, and answers the same question once. */
async function refused() {
  stream.retryAt = Infinity;
  try {
    const answer = await fetch("status", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error(`status: ${answer.status}`);
    taken(await answer.json(), "asking");
    stream.retryAt = monotone() + ASK_AGAIN_MS;
  } catch {
    dropped(stream.ever ? "This node does not answer any more." : "This node does not answer.");
  }
}

function open() {
  const source = new EventSource("live");
  stream.source = source;
  stream.openedAt = monotone();
  source.addEventListener("status", ({ data }) => {
    if (source !== stream.source) return;
    stream.failures = 0;
    taken(JSON.parse(data), "live");
  });
  source.addEventListener("error", () => {
    if (source !== stream.source) return;
    stream.source = null;
    const closed = source.readyState === EventSource.CLOSED;
    source.close(); // it would try by itself, but not after every failure and not at our pace
    if (closed) refused();
    else dropped(stream.ever ? "The stream from this node has dropped." : "This node does not answer.");
  });
}

function tick() {
  const now = monotone();
  refreshTimes();
  if (stream.source && now - Math.max(stream.openedAt, stream.heardAt) > SILENT_MS) {
    dropped(stream.ever ? "This node has fallen silent." : "This node does not answer.");
  } else if (!stream.source && now >= stream.retryAt) {
    open();
  }
  if (connection() === "stale") sayRetry();
}

function tryNow() {
  if (connection() === "live" || stream.retryAt === Infinity) return;
  stream.source?.close();
  open();
  sayRetry();
}

byId("try-now").addEventListener("click", tryNow);
byId("routine").addEventListener("change", renderEvents);
addEventListener("online", tryNow);
addEventListener("pageshow", (event) => event.persisted && tryNow());
document.addEventListener("visibilitychange", () => document.hidden || tick());
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
say(byId("zone"), timeZone ? ` (${timeZone})` : "");
setInterval(tick, 1000);
open();

// The time line: `/events`, read again when the status says that something happened.

const EVENTS_AT_MOST = 50;
const READ_AGAIN_MS = 10_000; // what the status does not tell of

const KINDS = {
  election: ["candidate", "elected", "following", "stepped_down", "restamped", "met_leader", "won_meeting", "handed_over"],
  move: ["assign_begun", "assign_done", "took_over"],
  order: ["paused", "resumed", "by_hand", "drained", "undrained"],
  trouble: ["assign_failed", "assign_cancelled", "observe_failed", "target_failed", "standby_failed", "handover_failed"]
    .concat(["member_lost", "held_back", "clone", "deaf", "excluded"]),
};
const KIND_OF = Object.fromEntries(Object.entries(KINDS).flatMap(([kind, names]) => names.map((name) => [name, kind])));
const PHASES = ["detect", "elect", "move", "confirm"];

const timeline = { events: [], seen: "", readAt: 0, reading: false, again: false };

/** "48 ms", "1.2 s": three digits say enough. */
function duration(seconds) {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  return seconds >= 0.1 ? `${Math.round(seconds * 1000)} ms` : `${Number((seconds * 1000).toPrecision(2))} ms`;
}

/** A bar for the eye, and the same in numbers. */
function phasesOf(phases) {
  const known = PHASES.filter((name) => typeof phases[name] === "number");
  const bar = tag("div", "bar");
  const numbers = tag("ul", "numbers");
  bar.ariaHidden = "true";
  const total = known.reduce((sum, name) => sum + phases[name], 0);
  for (const name of known) {
    const part = tag("span", name);
    part.style.flexGrow = String(phases[name] / (total || 1));
    bar.append(part);
    numbers.append(tag("li", name, `${name} ${duration(phases[name])}`));
  }
  numbers.append(tag("li", "total", `together ${duration(total)}`));
  const whole = tag("div", "phases");
  whole.append(bar, numbers);
  return whole;
}

function makeEvent(event) {
  const item = stamp("event-item");
  const kind = KIND_OF[event.event] ?? "routine";
  item.dataset.event = event.event;
  item.dataset.kind = kind;
  moment(item.querySelector("time"), parsed(event.at));
  item.querySelector(".kind").textContent = event.event.replaceAll("_", " ");
  const about = event.address && !event.text.includes(event.address) ? `${event.address}: ` : "";
  const cause = event.cause && !event.text.includes(event.cause) ? ` (${event.cause})` : "";
  item.querySelector(".text").textContent = `${about}${event.text}${cause}`;
  if (event.phases) item.lastElementChild.append(phasesOf(event.phases));
  return item;
}

/** The newest first. Twins (same moment, same words) are told apart by their number. */
function renderEvents() {
  const routine = byId("routine").checked;
  const shown = timeline.events.filter((event) => routine || KIND_OF[event.event]);
  const twins = new Map();
  const keyed = shown.map((event) => {
    const key = `${event.at} ${event.event} ${event.text}`;
    twins.set(key, (twins.get(key) ?? 0) + 1);
    return { ...event, key: `${key} ${twins.get(key)}` };
  });
  keep(byId("events"), keyed.reverse(), (event) => event.key, makeEvent, () => {});
  show(byId("no-events"), shown.length === 0);
}

async function readEvents() {
  timeline.again = timeline.reading;
  if (timeline.reading) return;
  timeline.reading = true;
  timeline.readAt = monotone();
  try {
    const answer = await fetch(`events?limit=${EVENTS_AT_MOST}`, { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`events: ${answer.status}`);
    timeline.events = (await answer.json()).events;
    renderEvents();
    show(byId("events-error"), false);
  } catch {
    timeline.seen = ""; // the next status asks again
    show(byId("events-error"), document.body.dataset.connection === "live");
  } finally {
    timeline.reading = false;
    if (timeline.again) readEvents();
  }
}

/** An event may be written a moment after the status that it comes with: hence the second look. */
function noteChanges(status) {
  const addresses = status.addresses.map((each) => [each.code, each.right, each.moving, each.observed?.target]);
  const members = status.members.map((each) => [each.addr, each.role, each.state]);
  const told = [status.role, status.leader, status.epoch, status.paused, addresses, members, status.lost.map((each) => each.addr)];
  const seen = JSON.stringify(told);
  if (seen !== timeline.seen) {
    timeline.seen = seen;
    readEvents();
    setTimeout(readEvents, 1000);
  } else if (monotone() - timeline.readAt > READ_AGAIN_MS) {
    readEvents();
  }
}

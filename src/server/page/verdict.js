// What is to be said first: the points that matter, the worst one as the headline.

const LEVELS = ["bad", "warn", "busy", "ok"];
const MARKS = { bad: "✕", warn: "!", busy: "→", ok: "✓", none: "…" };
const RECENT_LOSS_MS = 3_600_000; // whoever is gone for longer was let go
const RECENT_TROUBLE_MS = 60_000;
const LOSSES = {
  dead: "its process or its machine is gone",
  goodbye: "it said goodbye",
  silent: "silent here and elsewhere",
  lone_silence: "silent, and nobody else could be asked",
  zombie: "it answers, but its loop is dead",
  resigned: "it gave up the lead",
};
const TROUBLES = {
  clone: "This node has the id of another one: give it a state_dir of its own",
  deaf: "This node is asked by others and hears nobody",
  no_target: "This node does not know yet who it is at the provider",
};
const STATES = {
  silent: "is silent",
  zombie: "answers, but its loop is dead",
  leaving: "is leaving",
};

function addressPoint(address) {
  const { id } = address;
  if (address.moving) return { level: "busy", text: `${id} is being moved` };
  if (address.right) return null;
  if (address.code === "no_provider") return { level: "warn", text: `${id} is not watched: no provider is configured` };
  if (!address.observed) return { level: "busy", text: `Nobody has read yet where ${id} is` };
  if (!address.wanted) return { level: "warn", text: `It is not settled where ${id} should be` };
  return { level: "bad", text: `${id} is not where it should be` };
}

function memberPoint(member) {
  if (!STATES[member.state]) return null;
  return { level: member.state === "leaving" ? "busy" : "warn", text: `${member.addr} ${STATES[member.state]}` };
}

function lossPoint(status) {
  const here = new Set(status.members.map((member) => member.addr));
  return ({ addr, loss, ago_ms: age }) => {
    const known = age > RECENT_LOSS_MS || loss === "goodbye" || loss === "resigned" || here.has(addr);
    return known ? null : { level: "warn", text: `${addr} is lost: ${LOSSES[loss] ?? loss}` };
  };
}

function providerPoint(status) {
  const error = status.provider?.last_error;
  const recent = error && error.ago_ms < Math.max(RECENT_TROUBLE_MS, 3 * (status.provider.tick_ms ?? 0));
  return recent ? { level: "warn", text: `Trouble with the cloud: ${error.meaning}` } : null;
}

function successorPoint(status) {
  const others = status.members.filter((member) => member.addr !== status.leader && member.eligible && member.state === "ok");
  return status.leader && others.length === 0 ? { level: "warn", text: "Nobody could take over from the leader" } : null;
}

/** Everything that is worth a word, the worst first. */
function pointsOf(status) {
  const points = [
    status.leader ? null : { level: "bad", text: "There is no leader" },
    ...(status.leader ? status.addresses.map(addressPoint) : []), // without a leader nothing more is to be said of them
    status.paused ? { level: "warn", text: "Moves are paused" } : null,
    ...status.ineligible.map((reason) => (TROUBLES[reason] ? { level: "warn", text: TROUBLES[reason] } : null)),
    status.ready || !status.leader ? null : { level: "warn", text: "This node is not ready" },
    ...status.members.map(memberPoint),
    ...status.lost.map(lossPoint(status)),
    providerPoint(status),
    successorPoint(status),
  ];
  const rank = (point) => LEVELS.indexOf(point.level);
  return points.filter((point) => point).sort((a, b) => rank(a) - rank(b));
}

function renderVerdict(status) {
  const points = pointsOf(status);
  const first = points[0] ?? { level: "ok", text: "All is well" };
  byId("verdict").dataset.level = first.level;
  say(document.querySelector("#verdict .mark"), MARKS[first.level]);
  say(byId("headline"), first.text);
  keep(byId("points"), points.slice(1), (point) => point.text, () => tag("li"), (item, point) => {
    item.dataset.level = point.level;
    say(item, point.text);
  });
  show(byId("points"), points.length > 1);
  titled(first, status.addr);
}

/** The tab's title tells the same. */
function titled(first, addr) {
  const title = `${MARKS[first.level]} ${first.text} · les ${addr}`;
  if (document.title !== title) document.title = title;
}

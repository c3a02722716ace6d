// The document of `/status`, shown.

const place = (where, nobody) => {
  if (!where) return nobody;
  const { node, target } = where;
  return node && target ? `${node} (${target})` : (node ?? target ?? nobody);
};

function verdictOf(address) {
  if (address.moving) return "being moved";
  if (address.right) return address.here ? "right, on this node" : "where it should be";
  if (address.code === "no_provider") return "not watched";
  if (!address.observed) return "not read yet";
  return address.wanted ? "not where it should be" : "not settled";
}

function fillAddress(card, address) {
  const part = (name) => card.querySelector(name);
  const { observed } = address;
  const level = addressPoint(address)?.level ?? "ok";
  card.dataset.address = address.id;
  card.dataset.level = level;
  card.ariaLabel = address.id;
  say(part("h3"), address.id);
  say(part(".verdict"), verdictOf(address));
  part(".verdict").dataset.level = level;
  say(part(".wanted"), place(address.wanted, "not settled"));
  say(part(".observed"), observed ? place(observed, "nobody") : "not read yet");
  moment(part(".since"), parsed(observed?.since));
  show(part(".since").closest("div"), Boolean(observed?.since));
  moment(part(".read"), observed ? received.server - observed.age_ms : null);
  say(part(".by"), observed ? `, by ${observed.by}` : "");
  say(part(".why"), address.why);
}

function fillMember(row, member) {
  const part = (name) => row.querySelector(name);
  row.dataset.member = member.addr;
  row.dataset.role = member.role;
  row.dataset.state = member.state;
  say(part(".place"), member.seniority);
  say(part(".addr"), member.addr);
  show(part(".self"), member.me);
  show(part(".reference"), member.reference);
  const may = member.eligible || member.role === "leader" ? "" : ", may not lead";
  say(part(".role"), `${member.role}${may}`);
  say(part(".state"), member.state);
  say(part(".evidence"), member.evidence);
  say(part(".target"), member.target ?? "unknown");
  moment(part(".since"), parsed(member.since));
}

function fillLost(item, lost) {
  if (!item.firstChild) {
    const time = tag("time");
    time.dataset.form = "age";
    item.append(tag("b"), tag("span"), time);
  }
  const [name, loss, time] = item.children;
  say(name, lost.addr);
  say(loss, `: ${LOSSES[lost.loss] ?? lost.loss}, `);
  moment(time, received.server - lost.ago_ms);
}

function renderPause({ paused }) {
  show(byId("pause"), Boolean(paused));
  if (!paused) return;
  say(byId("paused-by"), paused.by);
  moment(byId("paused-since"), parsed(paused.since));
  const unaware = paused.unaware.length > 0 ? [`Not yet known to ${list(paused.unaware)}.`] : [];
  const unable = paused.unable.length > 0 ? [`Reference nodes cannot know it: ${list(paused.unable)}.`] : [];
  say(byId("paused-known"), [...unaware, ...unable].join(" ") || "All members know it.");
}

function renderProvider({ provider }) {
  show(byId("provider"), Boolean(provider));
  show(byId("no-provider"), !provider);
  const error = provider?.last_error;
  show(byId("provider-error"), Boolean(error));
  if (!provider) return;
  say(byId("provider-name"), provider.name);
  say(byId("provider-target"), provider.target ?? "not known yet");
  say(byId("provider-tick"), provider.tick_ms ? `${Number((provider.tick_ms / 1000).toFixed(1))} s` : "unknown");
  say(byId("provider-budget"), provider.budget_remaining ?? "no known limit");
  if (!error) return;
  say(byId("error-meaning"), error.meaning);
  moment(byId("error-at"), received.server - error.ago_ms);
  say(byId("error-message"), error.message);
}

function leads(status) {
  if (!status.leader) return status.why ? `This node says: ${status.why}.` : "";
  const who = status.role === "leader" ? `This node, ${status.addr}, leads` : `${status.leader} leads`;
  const since = status.since ? ` since ${local(parsed(status.since))}` : "";
  return `${who}${since}, in epoch ${status.epoch}. ${plural(status.members.length, "member")}.`;
}

function render(status) {
  takeServerTime(status.now);
  say(byId("me"), `Node ${status.addr}`);
  renderVerdict(status);
  say(byId("leads"), leads(status));
  renderPause(status);
  show(byId("no-address"), status.addresses.length === 0);
  keep(byId("addresses"), status.addresses, (each) => each.id, () => stamp("address-card"), fillAddress);
  keep(byId("members"), status.members, (each) => each.addr, () => stamp("member-row"), fillMember);
  show(byId("lost-part"), status.lost.length > 0);
  keep(byId("lost"), status.lost, (each) => each.addr, () => tag("li"), fillLost);
  renderProvider(status);
  show(byId("not-kept"), !status.events_kept);
  const apart = status.ineligible.length > 0 ? ` This node does not lead: ${status.ineligible.join(", ")}.` : "";
  say(byId("about"), `les ${status.version}, node ${status.id}, mode ${status.mode}.${apart}`);
}

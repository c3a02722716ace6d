// Times. Ages count from the node's clock: the browser's may be wrong.

const received = { server: Date.now(), here: monotone() };

/** Milliseconds that do not go back, and that count what the machine slept: no clock of a browser's does both. */
function monotone() {
  monotone.stepped ??= 0;
  const lag = Date.now() - performance.timeOrigin - performance.now();
  monotone.stepped = Math.max(monotone.stepped, lag);
  return performance.now() + monotone.stepped;
}

/** What the node's clock shows, by its latest word. */
const serverNow = () => received.server + monotone() - received.here;

function takeServerTime(iso) {
  received.server = Date.parse(iso);
  received.here = monotone();
}

const two = (number) => String(number).padStart(2, "0");
const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** In the reader's zone: the time, and the day unless it is today. */
function local(at, precise) {
  const date = new Date(at);
  const millis = precise ? `.${String(date.getMilliseconds()).padStart(3, "0")}` : "";
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${millis}`;
  return day(date) === day(new Date(serverNow())) ? time : `${day(date)} ${time}`;
}

function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function ago(at) {
  const age = serverNow() - at;
  return age < 1000 ? "just now" : `${span(age)} ago`;
}

const FORMS = {
  clock: (at) => local(at),
  precise: (at) => local(at, true),
  age: ago,
  both: (at) => `${local(at)}, ${ago(at)}`,
};

/** Fills a `<time>`; `at` is in milliseconds of the node's clock, or null. */
function moment(element, at) {
  if (at === null || Number.isNaN(at)) {
    delete element.dataset.at;
    element.removeAttribute("datetime");
    element.removeAttribute("title");
    say(element, "unknown");
    return;
  }
  if (element.dataset.at !== String(at)) {
    element.dataset.at = at;
    element.dateTime = new Date(at).toISOString();
    element.title = `${element.dateTime.replace("T", " ").replace("Z", "")} UTC`;
  }
  say(element, FORMS[element.dataset.form](at));
}

const parsed = (iso) => (iso ? Date.parse(iso) : null);

/** Lets every shown age grow. */
function refreshTimes() {
  for (const element of document.querySelectorAll("time[data-at]")) {
    say(element, FORMS[element.dataset.form](Number(element.dataset.at)));
  }
}

# shellcheck shell=sh
if ! getent passwd les >/dev/null; then
  useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin les
fi

# SPDX-License-Identifier: MIT
# What the init scripts pastmon and pastmon-web have in common. They set
#   name   of the program and of its configuration
#   title  for messages
# and call `service ACTION`. Plain /bin/sh; LSB's exit statuses.
#
# What may be set in /etc/default/NAME or /etc/sysconfig/NAME:
#   CONFIG        the configuration file
#   OPTIONS       further options of the program
#   PIDFILE       the pid file
#   STOP_TIMEOUT  seconds that the program has to end in (60)

program=/usr/sbin/$name
CONFIG=/etc/pastmon/$name.conf
OPTIONS=
PIDFILE=/run/$name/$name.pid
STOP_TIMEOUT=60
for file in "/etc/default/$name" "/etc/sysconfig/$name"; do
  if [ -r "$file" ]; then . "$file"; fi
done

# Debian's functions announce and report in two steps, Red Hat's in one; without either: plain lines.
if [ -r /lib/lsb/init-functions ]; then
  . /lib/lsb/init-functions
elif [ -r /etc/rc.d/init.d/functions ]; then
  . /etc/rc.d/init.d/functions
fi
announce() {
  if command -v log_daemon_msg >/dev/null 2>&1; then
    log_daemon_msg "$1 $title" "$name"
  else
    printf '%s %s: ' "$1" "$title"
  fi
}
report() {
  if command -v log_end_msg >/dev/null 2>&1; then
    log_end_msg "$1" || true
  elif [ "$1" -eq 0 ]; then
    if command -v success >/dev/null 2>&1; then success; echo; else echo ok; fi
  else
    if command -v failure >/dev/null 2>&1; then failure; echo; else echo failed; fi
  fi
  return "$1"
}
complain() { echo "$name: $*" >&2; }

# Sets `pid` when the program runs. Its name is looked at, too: after a crash the number may be somebody else's.
running() {
  pid=
  [ -r "$PIDFILE" ] || return 1
  read -r pid < "$PIDFILE" || true
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$name" ] && ! ended
}
ended() {
  [ -d "/proc/$pid" ] || return 0
  case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) in '' | Z* | X*) return 0 ;; esac
  return 1
}

check_config() {
  if [ ! -r "$CONFIG" ]; then
    complain "cannot read the configuration $CONFIG"
    return 6
  fi
  "$program" -c "$CONFIG" --check-config >/dev/null || return 6
}

# For the user that the program changes to, so that it can remove its pid file at the end.
make_run_directory() {
  directory=$(dirname "$PIDFILE")
  [ -d "$directory" ] && return 0
  mkdir -p "$directory" && chmod 755 "$directory" || return 1
  user=$("$program" -c "$CONFIG" --check-config 2>/dev/null | sed -n 's/^user = "\(.*\)";.*/\1/p')
  if [ -n "$user" ]; then chown "$user:" "$directory"; fi
}

service_start() {
  announce Starting
  if running; then
    report 0
    return
  fi
  check_config || { status=$?; report "$status"; return; }
  make_run_directory || { report 1; return; }
  # shellcheck disable=SC2086 # several options in one variable
  "$program" -c "$CONFIG" --pid-file "$PIDFILE" $OPTIONS
  status=$?
  if [ "$status" -eq 2 ]; then status=6; fi # its status for a wrong configuration
  report "$status"
}

# Waits up to $1 seconds for the end of the process.
wait_for_end() {
  tenths=$(($1 * 10))
  while [ "$tenths" -gt 0 ]; do
    if ended; then return 0; fi
    sleep 0.1
    tenths=$((tenths - 1))
  done
  ended
}

service_stop() {
  announce Stopping
  if ! running; then
    rm -f "$PIDFILE"
    report 0
    return
  fi
  kill -TERM "$pid" 2>/dev/null || true
  if ! wait_for_end "$STOP_TIMEOUT"; then
    complain "still there after $STOP_TIMEOUT seconds: killed"
    kill -KILL "$pid" 2>/dev/null || true
    wait_for_end 5 || { report 1; return; }
  fi
  rm -f "$PIDFILE"
  report 0
}

# A configuration that is wrong must not end a program that runs.
service_restart() {
  check_config || return
  service_stop && service_start
}

service_reload() {
  announce Reloading
  running || { report 7; return; }
  check_config || { status=$?; report "$status"; return; }
  kill -HUP "$pid"
  report $?
}

service_status() {
  if running; then
    echo "$name is running (process $pid)"
    return 0
  fi
  if [ -e "$PIDFILE" ] && [ ! -r "$PIDFILE" ]; then
    echo "$name: $PIDFILE cannot be read"
    return 4
  fi
  if [ -s "$PIDFILE" ]; then
    echo "$name is not running, but $PIDFILE is there"
    return 1
  fi
  echo "$name is not running"
  return 3
}

# ACTION, one of those below or `status`; anything behind it is refused.
service() {
  if [ $# -ne 1 ]; then
    complain "one action at a time"
    exit 2
  fi
  if [ "$1" = status ]; then
    service_status
    exit
  fi
  if [ "$(id -u)" -ne 0 ]; then
    complain "only root may do that"
    exit 4
  fi
  if [ "$1" != stop ] && [ ! -x "$program" ]; then
    complain "$program is not installed"
    exit 5
  fi
  case $1 in
    start) service_start ;;
    stop) service_stop ;;
    restart) service_restart ;;
    try-restart | condrestart) if running; then service_restart; fi ;;
    reload) service_reload ;;
    force-reload) if running; then service_reload; else service_restart; fi ;;
  esac
}

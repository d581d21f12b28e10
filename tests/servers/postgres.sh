#!/usr/bin/env bash
# A PostgreSQL server of its own in a directory, on a free loopback port.
#
#   postgres.sh start DIR     prints postgres://… of a user that may create databases
#   postgres.sh stop DIR
#
# fsync is off: tests kill our process, never the machine. ANXIN_PG_FSYNC=on turns it on (benchmarks).
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

find_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV); do
    [[ -x $dir/initdb ]] && { echo "$dir"; return; }
  done
  dir=$(command -v initdb) && dirname "$dir"
}

# Runs a command as somebody else than root, without our standard input.
as_server() {
  if ((EUID == 0)); then
    setpriv --reuid "$account" --regid "$(id -g "$account")" --clear-groups -- env HOME="$dir" "$@" </dev/null
  else
    "$@" </dev/null
  fi
}

[[ $# -eq 2 ]] || die "usage: postgres.sh start|stop DIR"
bin=$(find_bin) || die "PostgreSQL is not installed (Debian: apt-get install postgresql)"
account=postgres
id "$account" >/dev/null 2>&1 || account=nobody

case $1 in
  start)
    new_home "$2" postgres
    dir=$(<"$2/postgres.home")
    mkdir -p "$dir/pg"
    password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$dir/pg/password"
    if ((EUID == 0)); then chown -R "$account" "$dir/pg"; fi
    as_server "$bin/initdb" -D "$dir/pg/data" -U anxin --pwfile "$dir/pg/password" -A scram-sha-256 -E UTF8 --locale C >"$dir/initdb.log" 2>&1 ||
      { cat "$dir/initdb.log" >&2; exit 1; }
    for _ in 1 2 3; do
      port=$(free_port)
      # The options are one string that pg_ctl splits again; none of them contains blanks.
      if as_server "$bin/pg_ctl" -D "$dir/pg/data" -l "$dir/pg/log" -w -t 60 start \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c fsync=${ANXIN_PG_FSYNC:-off}" \
        >"$dir/pg_ctl.log" 2>&1; then
        echo "postgres://anxin:$password@127.0.0.1:$port/postgres"
        exit 0
      fi
    done
    cat "$dir/pg_ctl.log" "$dir/pg/log" >&2
    exit 1
    ;;
  stop)
    [[ -s $2/postgres.home ]] || exit 0
    dir=$(<"$2/postgres.home")
    if [[ -s $dir/pg/data/postmaster.pid ]]; then
      as_server "$bin/pg_ctl" -D "$dir/pg/data" -m immediate -w stop >/dev/null
    fi
    forget_home "$2" postgres
    ;;
  *) die "usage: postgres.sh start|stop DIR" ;;
esac

# Shared by the server scripts; sourced, not run.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# A loopback port nobody answers on, below the range the kernel hands out by itself.
free_port() {
  local port tries
  for tries in $(seq 100); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "no free port on 127.0.0.1 after $tries tries"
}

# Waits until something accepts connections on the port, at most ten seconds. $2: pid that must stay alive.
await_port() {
  local deadline=$((SECONDS + 10))
  until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# Ends the process in a pid file and waits for it, at most ten seconds.
end_pid_file() {
  [[ -s $1 ]] || return 0
  local pid deadline=$((SECONDS + 10))
  pid=$(<"$1")
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$1"
}

# Server accounts must pass through the folder, which a private DIR forbids: it stands in the machine's temporary folder, DIR remembers where.
# $1: DIR, $2: name of the server.
new_home() {
  local home
  mkdir -p "$1"
  [[ ! -e $1/$2.home ]] || die "a $2 server was already started in $1"
  home=$(mktemp -d "${TMPDIR:-/tmp}/anxin-$2.XXXXXX")
  chmod 755 "$home"
  echo "$home" >"$1/$2.home"
}

forget_home() {
  rm -rf "$(<"$1/$2.home")"
  rm -f "$1/$2.home"
}

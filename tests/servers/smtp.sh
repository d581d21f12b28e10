#!/usr/bin/env bash
# A mail server of its own in a directory, on free loopback ports: certificate of its own, one login, everything into one maildir.
#
#   smtp.sh start DIR     prints {"host","port","tls_port","user","password","password_file","ca_file","maildir","server"}
#   smtp.sh stop DIR
#
# `port` wants STARTTLS, `tls_port` speaks TLS at once; both want the login. Run as root it is OpenSMTPD, otherwise
# (OpenSMTPD must be started by root) the Python package aiosmtpd of the interpreter in ANXIN_TEST_PYTHON.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
here=$(cd "$(dirname "$0")" && pwd)
python=${ANXIN_TEST_PYTHON:-python3}

certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=anxin test mail server" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -addext "basicConstraints=critical,CA:FALSE" \
    -keyout "$dir/key.pem" -out "$dir/ca.pem" >"$dir/openssl.log" 2>&1 || { cat "$dir/openssl.log" >&2; exit 1; }
  chmod 600 "$dir/key.pem"
}

description() {
  printf '{"host":"localhost","port":%s,"tls_port":%s,"user":"%s","password":"%s","password_file":"%s","ca_file":"%s","maildir":"%s","server":"%s"}\n' \
    "$port" "$tls_port" "$user" "$password" "$dir/password" "$dir/ca.pem" "$dir/maildir" "$1"
}

# Spool and control socket of OpenSMTPD are compiled in; a mount namespace keeps them apart from a server the machine already runs.
start_opensmtpd() {
  local account=nobody isolated=()
  printf '%s %s\n' "$user" "$(smtpctl encrypt "$password")" >"$dir/logins"
  printf '@ %s\n' "$account" >"$dir/people"
  chmod 644 "$dir/logins" "$dir/people"
  mkdir -p "$dir/maildir" "$dir/spool" "$dir/run"
  chown "$account" "$dir/maildir"
  {
    printf '%s\n' "pki test cert \"$dir/ca.pem\"" "pki test key \"$dir/key.pem\"" "table logins file:$dir/logins" "table people file:$dir/people" \
      'smtp max-message-size "35M"' "$@" "action deliver maildir \"$dir/maildir\" virtual <people>" 'match from any for any action deliver'
  } >"$dir/smtpd.conf"
  if unshare --mount true 2>/dev/null; then
    # shellcheck disable=SC2016
    isolated=(unshare --mount --propagation private -- sh -c
      '{ mount -t tmpfs -o mode=755 spool /var/spool || mount --bind "$1/spool" /var/spool; } && mount --bind "$1/run" /run && shift && exec "$@"' sh "$dir")
  elif smtpctl show status >/dev/null 2>&1; then
    return 1
  fi
  setsid "${isolated[@]}" "$(command -v smtpd || echo /usr/sbin/smtpd)" -d -f "$dir/smtpd.conf" </dev/null >>"$dir/smtpd.log" 2>&1 &
  echo $! >"$dir/smtpd.pid"
}

# Whether a TLS handshake with the port comes off.
shakes_hands() {
  timeout 10 openssl s_client -connect "127.0.0.1:$1" -CAfile "$dir/ca.pem" -verify_return_error </dev/null >"$dir/handshake.log" 2>&1
}

start_as_root() {
  start_opensmtpd "listen on 127.0.0.1 port $port tls-require pki test auth <logins>" "listen on 127.0.0.1 port $tls_port smtps pki test auth <logins>"
  await_port "$port" "$!" && await_port "$tls_port" "$!" || return 1
  shakes_hands "$tls_port" && { server=opensmtpd; return; }
  end_pid_file "$dir/smtpd.pid"
  local behind
  behind=$(free_port)
  start_opensmtpd "listen on 127.0.0.1 port $behind"
  await_port "$behind" "$!" || return 1
  setsid "$python" "$here/front.py" "$dir" "$port" "$tls_port" "$user" "$password" "$behind" </dev/null >"$dir/front.log" 2>&1 &
  echo $! >"$dir/front.pid"
  server='opensmtpd behind front.py'
  await_port "$port" "$!" && await_port "$tls_port" "$!" && shakes_hands "$tls_port"
}

start_standin() {
  mkdir -p "$dir/maildir"
  "$python" -c 'import aiosmtpd' 2>/dev/null || die "neither OpenSMTPD (as root) nor the Python package aiosmtpd is there"
  setsid "$python" "$here/standin.py" "$dir" "$port" "$tls_port" "$user" "$password" </dev/null >"$dir/smtpd.log" 2>&1 &
  echo $! >"$dir/smtpd.pid"
  await_port "$port" "$!" && await_port "$tls_port" "$!"
}

[[ $# -eq 2 ]] || die "usage: smtp.sh start|stop DIR"

case $1 in
  start)
    new_home "$2" smtp
    dir=$(<"$2/smtp.home")
    user=anxin
    server=
    password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$dir/password"
    chmod 600 "$dir/password"
    certificate
    for _ in 1 2 3; do
      port=$(free_port)
      tls_port=$(free_port)
      if ((EUID == 0)) && [[ -z ${ANXIN_SMTP_STANDIN:-} ]] && { command -v smtpd || [[ -x /usr/sbin/smtpd ]]; } >/dev/null; then
        if start_as_root; then description "$server"; exit 0; fi
      elif start_standin; then
        description aiosmtpd
        exit 0
      fi
      end_pid_file "$dir/front.pid"
      end_pid_file "$dir/smtpd.pid"
    done
    cat "$dir"/*.log >&2
    exit 1
    ;;
  stop)
    [[ -s $2/smtp.home ]] || exit 0
    end_pid_file "$(<"$2/smtp.home")/front.pid"
    end_pid_file "$(<"$2/smtp.home")/smtpd.pid"
    forget_home "$2" smtp
    ;;
  *) die "usage: smtp.sh start|stop DIR" ;;
esac

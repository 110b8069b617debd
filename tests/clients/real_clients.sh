#!/bin/sh
# tests/clients/real_clients.sh - lesson 18's server and the clients of Redis.
#
# The server is a Windows program, run by Wine; redis-cli, redis-benchmark and
# curl are this machine's own and meet it at 127.0.0.1.  What redis-cli should
# print was printed by redis-cli with Redis 7.0.15.
#
# Usage:  real_clients.sh SERVER.exe
#
# SPDX-License-Identifier: MIT
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=$(cd "$here/../.." && pwd) || exit 1
server=${1:?name the server program}
port=$((20000 + $$ % 20000))
scratch=$(mktemp -d "${TMPDIR:-/tmp}/dryport-clients.XXXXXX") || exit 1
failed=0
runner=  # The process that runs the server.
helper=  # A client in the background.

main() {
    trap leave EXIT
    trap 'exit 130' HUP INT PIPE TERM
    for tool in redis-cli redis-benchmark curl cc; do
        command -v "$tool" >/dev/null ||
            die "$tool is missing; run tools/setup windows"
    done
    refuses_bad_options
    start_server --port "$port" --clients 1200
    for step in answers_like_redis hands_messages_on takes_a_pipe \
        shows_a_page refuses_nonsense refuses_a_second_server \
        holds_a_thousand drops_who_does_not_read \
        bears_redis_benchmark bears_pipelining ends_in_good_order; do
        "$step"
    done
    [ "$failed" -eq 0 ]
}

leave() {
    [ -z "$helper" ] || kill -9 "$helper" 2>/dev/null
    if [ -n "$runner" ]; then
        kill -9 "$(server_pid)" 2>/dev/null
        wait "$runner" 2>/dev/null
    fi
    rm -rf "$scratch"
}

die() {
    echo "real_clients.sh: $1" >&2
    exit 1
}

# --- Saying what came of it --------------------------------------------------

ok() {
    echo "ok: $1"
}

bad() {
    echo "FAILED: $1"
    failed=1
}

# same WHAT EXPECTED GOT: compare two files.
same() {
    if diff "$2" "$3" >"$scratch/diff"; then
        ok "$1"
    else
        bad "$1 (< expected, > seen)"
        cat "$scratch/diff"
    fi
}

# has WHAT FILE TEXT: look for a text.
has() {
    if grep -qF -- "$3" "$2"; then
        ok "$1"
    else
        bad "$1: \`$3\` is not in"
        cat "$2"
    fi
}

# until_true COMMAND...: wait, for a minute at most, until it succeeds.
until_true() {
    tries=300
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.2
    done
}

# --- The server --------------------------------------------------------------

run_server() {
    "$root/tools/wine-run" "$server" "$@"
}

start_server() {
    "$root/tools/wine-run" "$server" "$@" >"$scratch/server" 2>&1 &
    runner=$!
    until_true is_there || {
        cat "$scratch/server"
        die "the server did not start"
    }
}

is_there() {
    [ "$(cli PING)" = PONG ]
}

# wine-run waits for the server as its only child, or has become it.
server_pid() {
    pgrep -P "$runner" || echo "$runner"
}

cli() {
    redis-cli -p "$port" "$@"
}

# counts NAME: a number of INFO.
counts() {
    cli INFO all | tr -d '\r' | sed -n "s/^$1://p"
}

# --- The steps ---------------------------------------------------------------

refuses_bad_options() {
    run_server --port 99999 >"$scratch/out" 2>&1
    [ $? -eq 2 ] || bad "exit status of a bad port"
    has "a bad port is told" "$scratch/out" \
        "--port needs a number from 1 to 65535, not 99999"
    run_server --prot 1 >"$scratch/out" 2>&1
    [ $? -eq 2 ] || bad "exit status of a bad option"
    has "a bad option is told" "$scratch/out" "there is no option --prot"
}

answers_like_redis() {
    cli --no-raw <"$here/redis_cli.txt" >"$scratch/out" 2>&1
    same "redis-cli prints what Redis made it print" \
        "$here/redis_cli.golden" "$scratch/out"
}

hands_messages_on() {
    redis-cli -p "$port" --no-raw SUBSCRIBE news more \
        >"$scratch/out" 2>&1 &
    helper=$!
    until_true has_channels 2 || bad "nobody subscribed"
    cli PUBLISH news "water boils" >/dev/null
    cli PUBLISH more "tea\n" >/dev/null
    cli PUBLISH other no >/dev/null
    until_true grep -q tea "$scratch/out"
    sleep 0.2
    kill "$helper"
    wait "$helper" 2>/dev/null
    helper=
    same "a subscriber sees what Redis sends it" \
        "$here/redis_cli_subscribe.golden" "$scratch/out"
    until_true has_channels 0 || bad "a subscriber that went is still there"
}

has_channels() {
    [ "$(counts pubsub_channels)" = "$1" ]
}

takes_a_pipe() {
    awk 'BEGIN { for (i = 0; i < 2000; i++)
        printf "*3\r\n$3\r\nSET\r\n$6\r\np%05d\r\n$5\r\n%05d\r\n", i, i }' |
        cli --pipe >"$scratch/out" 2>&1
    has "redis-cli --pipe stores 2,000 keys" "$scratch/out" \
        "errors: 0, replies: 2000"
    [ "$(cli GET p01999)" = 01999 ] || bad "the last of them is not stored"
}

shows_a_page() {
    curl -sS -i --max-time 30 "http://127.0.0.1:$port/" >"$scratch/out" 2>&1
    has "curl gets the page" "$scratch/out" "HTTP/1.1 200 OK"
    has "and all of it" "$scratch/out" "</pre></body></html>"
    curl -sS -o "$scratch/out" -w '%{http_code}' --max-time 30 \
        "http://127.0.0.1:$port/nothing" >"$scratch/code" 2>&1
    has "another page is not found" "$scratch/code" 404
    curl -sS -o "$scratch/out" -w '%{http_code}' --max-time 30 \
        -d 'SET stolen 1' "http://127.0.0.1:$port/" >"$scratch/code" 2>&1
    has "a form is refused" "$scratch/code" 405
    [ "$(cli EXISTS stolen)" = 0 ] || bad "what the form said was done"
}

refuses_nonsense() {
    printf '*1\r\n$-5\r\n' |
        curl -sS --max-time 30 "telnet://127.0.0.1:$port" >"$scratch/out" 2>&1
    has "nonsense is refused" "$scratch/out" \
        "-ERR Protocol error: invalid bulk length"
}

refuses_a_second_server() {
    run_server --port "$port" >"$scratch/out" 2>&1
    [ $? -eq 1 ] || bad "exit status of a port in use"
    has "a port in use is told" "$scratch/out" "another program listens there"
}

holds_a_thousand() {
    cc -O2 -o "$scratch/hold" "$here/hold.c" || die "hold.c does not compile"
    "$scratch/hold" "$port" 1000 >"$scratch/out" 2>&1
    has "a thousand are held" "$scratch/out" "1000 connections held at once"
}

# A subscriber that is stopped by force; and 40 MB of messages for it, which
# is more than the system keeps for it.
drops_who_does_not_read() {
    redis-cli -p "$port" SUBSCRIBE flood >"$scratch/out" 2>&1 &
    helper=$!
    until_true has_channels 1 || bad "nobody subscribed"
    kill -STOP "$helper"
    redis-benchmark -p "$port" -q -c 8 -P 16 -n 20000 PUBLISH flood \
        "$(printf '%02000d' 0)" >"$scratch/out" 2>&1
    if [ "$(counts client_output_buffer_limit_disconnections)" = 1 ]; then
        ok "who does not read is dropped"
    else
        bad "who does not read is not dropped"
    fi
    kill -9 "$helper"
    wait "$helper" 2>/dev/null
    helper=
}

# benchmark WHAT OPTION...
benchmark() {
    what=$1
    shift
    if redis-benchmark -p "$port" -q -t ping,set,get -c 50 -n 20000 "$@" \
        >"$scratch/out" 2>&1 && ! grep -qi error "$scratch/out" &&
        [ "$(last_lines | wc -l)" -eq 4 ]; then
        ok "$what"
        last_lines
    else
        bad "$what"
        last_lines
    fi
}

# It writes over its lines as it goes.
last_lines() {
    tr '\r' '\n' <"$scratch/out" | grep 'requests per second'
}

bears_redis_benchmark() {
    benchmark "redis-benchmark ends without an error"
}

bears_pipelining() {
    benchmark "redis-benchmark -P 16 ends without an error" -P 16
}

ends_in_good_order() {
    kill -INT "$(server_pid)"
    wait "$runner"
    status=$?
    runner=
    [ "$status" -eq 0 ] || bad "exit status after Ctrl-C: $status"
    has "Ctrl-C ends it in good order" "$scratch/server" "served "
    cat "$scratch/server"
}

main

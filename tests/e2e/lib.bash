# Sourced by the tests of this folder: a fresh folder $work, small firmware to build in it, checks.
# Everything runs with $IMGBUILD, the program under test; $top is the top of the tree.
set -euo pipefail
: "${IMGBUILD:?must name the program under test}"
IMGBUILD=$(realpath "$IMGBUILD")
export IMGBUILD
top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
work=$(mktemp -d "${TMPDIR:-/tmp}/imgbuild-test-XXXXXX")
unset MAKEFLAGS MFLAGS # a make above must not speak to the ones below
failures=$work.failures # a file, so that failures in subshells count too
: >"$failures"

# At the end: the script fails when anything did, and says when it stopped before its last line.
finish() {
    local status=$? count
    count=$(wc -l <"$failures")
    if [ "$status" != 0 ] && [ ! -e "$failures.stopped" ]; then
        printf 'STOPPED with status %s%s\n' "$status" "${stopped_at:+ at $stopped_at}" >&2
    fi
    if [ "$count" -gt 0 ]; then
        printf 'failures: %s\n' "$count" >&2
        show "$failures"
        [ "$status" != 0 ] || status=1
    fi
    chmod -R u+rwX "$work"
    rm -rf "$work" "$work.firmware" "$failures" "$failures.stopped"
    exit "$status"
}
set -E # the next line holds in functions too
trap 'stopped_at="line $LINENO of $(basename "${BASH_SOURCE[0]}"): $BASH_COMMAND"' ERR
trap finish EXIT

# Notes a failure and goes on, so that a run tells all that is wrong.
fail() {
    printf 'FAILED: %s:%s: %s\n' "$(basename "$0")" "$(line_of_script)" "$*" >&2
    printf '%s\n' "${*//$'\n'/ }" >>"$failures"
}

# Ends the script: what follows makes no sense without what failed.
stop() {
    fail "$@"
    : >"$failures.stopped"
    exit 1
}

# The line of the test itself that called a function of this file.
line_of_script() {
    local level
    for ((level = 1; level < ${#BASH_SOURCE[@]}; level++)); do
        [ "${BASH_SOURCE[level]}" != "$0" ] || break
    done
    printf '%s' "${BASH_LINENO[level - 1]}"
}

# The lines of a here-document or a file, for a failure to be understood.
show() {
    sed 's/^/    /' "$@" >&2
}

# expect STATUS COMMAND...: runs it; output and diagnostics go to $work/stdout and $work/stderr.
expect() {
    local wanted=$1 status=0
    shift
    "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
    [ "$status" = "$wanted" ] && return
    show "$work/stdout" "$work/stderr"
    fail "status $status instead of $wanted: $*"
}

# expect_text FILE TEXT...: the file has a line with each of the texts.
expect_text() {
    local file=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" && continue
        show "$file"
        fail "$(basename "$file") has no: $text"
    done
}

expect_no_text() {
    local file=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || continue
        show "$file"
        fail "$(basename "$file") has: $text"
    done
}

# compile SOURCE OBJECT [OPTION...], for the processor of the small firmware. The object does not tell
# in which folder.
compile() {
    local source object
    source=$(realpath "$1")
    object=$(realpath "$2")
    shift 2
    (
        cd "$(dirname "$source")"
        arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -std=c11 -Os -g -Wall -Wextra -Werror -ffreestanding \
            -ffunction-sections -fdata-sections -ffile-prefix-map="$PWD=." \
            -I"$top/layout/include" -I"$top/examples/first" -c "$(basename "$source")" -o "$object" "$@"
    )
}

# The firmware that most tests build. Under ctest it is compiled once a run, by make-firmware, and $FIRMWARE is the
# folder; a script that is run by hand compiles its own.
made_firmware() {
    if [ -z "${FIRMWARE-}" ]; then
        [ -e "$work.firmware/$1" ] || "$top/tests/e2e/make-firmware" "$work.firmware" "$1" ||
            stop "make-firmware $1"
        made=$work.firmware/$1
    else
        made=$FIRMWARE/$1
        [ -e "$made" ] || stop "$made is missing: tests/CMakeLists.txt does not see that this test needs it"
    fi
}

# firmware FOLDER: examples/first with its objects, ready for `imgbuild build board.yaml`.
firmware() {
    made_firmware first
    mkdir -p "$1"
    cp "$made"/* "$1"
}

# example FOLDER [VARIABLE=VALUE...] [TARGET]: makes examples/mps2-an386 with BUILD=FOLDER, from objects that are
# compiled already. What it prints goes to $work/transcript. Ends the test when it fails.
example() {
    example_status "$@" || {
        local status=$?
        show "$work/transcript"
        stop "make ${*:2}: status $status"
    }
}

# The same, for what may fail: the status is make's.
example_status() {
    local folder=$1
    shift
    if [ ! -e "$folder" ]; then
        made_firmware demo
        cp -pr "$made" "$folder"
        # What depends on SABOTAGE, which make does not see.
        grep -lF attempts.h "$folder"/*/main.d | sed 's/d$/o/' | xargs rm
    fi
    make -C "$top/examples/mps2-an386" --no-print-directory "BUILD=$folder" "$@" >"$work/transcript" 2>&1 </dev/null
}

# boot FILE: runs an image in QEMU; what it prints goes to standard output.
boot() {
    timeout 60 qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none \
        -chardev stdio,id=terminal,signal=off \
        -semihosting-config enable=on,target=native,chardev=terminal -kernel "$1" </dev/null
}

# expect_transcript FILE: boots an image of examples/first, which must do what it does.
expect_transcript() {
    boot "$1" >"$work/transcript" || {
        show "$work/transcript"
        fail "$1 ended with status $?"
    }
    diff -u "$top/tests/e2e/first.transcript" "$work/transcript" || fail "another transcript of $1"
}

# The files of a folder with the digest of each, but for those imgbuild keeps for itself.
digests() {
    (cd "$1" && find . -type f ! -name '*.d' ! -name lock ! -path './.imgbuild*' -print0 | sort -z |
        xargs -0 sha256sum)
}

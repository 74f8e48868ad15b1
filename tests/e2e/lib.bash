# Sourced by the tests of this folder: a fresh folder $work, small firmware to build in it, checks.
# Everything runs with $IMGBUILD, the program under test; $top is the top of the tree.
set -euo pipefail
: "${IMGBUILD:?must name the program under test}"
IMGBUILD=$(realpath "$IMGBUILD")
export IMGBUILD
top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
work=$(mktemp -d "${TMPDIR:-/tmp}/imgbuild-test-XXXXXX")
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS # a make above must not speak to the ones below

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
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

# firmware FOLDER: examples/first with its objects, ready for `imgbuild build board.yaml`.
firmware() {
    local folder=$1 name
    mkdir -p "$folder"
    cp "$top"/examples/first/*.[ch] "$top"/examples/first/*.yaml "$folder"
    for name in kernel user hello intruder; do
        compile "$folder/$name.c" "$folder/$name.o"
    done
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

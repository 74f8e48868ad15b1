# Sourced by the tests of `verify` and `extract`, after lib.bash. All that was printed as JSON is validated at
# the end, by check_answers.

documents=0

# print_both STATUS COMMAND...: what it prints goes to $work/text and $work/diagnostics; then the same with
# --json, to $work/N.json.
print_both() {
    local status=$1
    shift
    expect "$status" "$@"
    cp "$work/stdout" "$work/text"
    cp "$work/stderr" "$work/diagnostics"
    print_json "$status" "$@"
}

print_json() {
    local status=$1
    shift
    documents=$((documents + 1))
    expect "$status" "$@" --json
    [ ! -s "$work/stderr" ] || fail "--json prints to standard error too: $*"
    cp "$work/stdout" "$work/$documents.json"
    json "exit=$status"
}

# json PATH=VALUE...: of the last document.
json() {
    local expectation
    for expectation in "$@"; do
        printf '%s\t%s\n' "$work/$documents.json" "$expectation" >>"$work/expected-json"
    done
}

# answers STATUS ANSWER [WORD...]: verify with these words ends so, and says the same as JSON.
answers() {
    local status=$1 answer=$2
    shift 2
    print_both "$status" "$IMGBUILD" verify "$@"
    json "answer=$answer"
}

check_answers() {
    "$top/tests/e2e/check-verify-json" "$work/expected-json" || fail "JSON of $documents answers"
}

#!/bin/sh
# Checks that README and docs/ quote the files they say they quote, word for word: a line
# <!-- PATH --> followed by a fenced block stands for the file at PATH.
#   readme.sh REPOSITORY
set -eu
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for document in README.md docs/*.md docs/*/*.md; do
    for path in $(sed -n 's/^<!-- \(.*\.[a-z]*\) -->$/\1/p' "$document"); do
        awk -v mark="<!-- $path -->" '
            $0 == mark { found = 1; next }
            found && /^```/ { if (inside) exit; inside = 1; next }
            found && inside { print }' "$document" >"$work/quoted"
        if ! diff "$path" "$work/quoted"; then
            echo "$document does not quote $path (<) word for word (>)"
            exit 1
        fi
        count=$((count + 1))
    done
done
[ "$count" -gt 0 ] || { echo "no document quotes a file"; exit 1; }
# Files of the repository that the README and docs/ link to are there.
for document in README.md docs/*.md docs/*/*.md; do
    # Code may look like a link: [](int x).
    awk '/^```/ { code = !code } !code' "$document" | grep -o '](\([^)#]*\))' | sed 's/](\(.*\))/\1/' | grep -v '^https\?:' |
        while read -r link; do
            [ -e "$(dirname "$document")/$link" ] || echo "$document links to $link"
        done
done >"$work/dead"
# So are those that commands and sentences name; NAME and * stand for any.
for document in README.md docs/*.md docs/*/*.md; do
    grep -oE '(^|[^A-Za-z0-9_./{}-])(examples|docs|tests|src|include|cmake|findings|\.ci)/[A-Za-z0-9_./*-]*' "$document" |
        sed -e 's/^[^A-Za-z.]//' -e 's/[.-]*$//' | grep -v '[*]\|NAME' |
        while read -r path; do
            [ -e "$path" ] || echo "$document names $path"
        done
done >>"$work/dead" || true
if [ -s "$work/dead" ]; then
    cat "$work/dead"
    exit 1
fi
echo "$count files quoted word for word, no dead link"

#!/bin/sh
# Prints how long the functions and files of src/ are and how full its folders, and fails where they
# are more than they should be.
#   figures.sh REPOSITORY
# A function's length is the lines between the brace that opens and the one that closes it.
set -eu
cd "$1"
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find src -name '*.[ch]' | sort | xargs awk '
    FNR == 1 { start = 0 }
    /^{/ { start = FNR }
    /^}/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' | sort -n >"$work/functions"
find src -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" { print $1, $2 }' | sort -n >"$work/files"
find src -name '*.[ch]' | sed 's|/[^/]*$||' | sort | uniq -c | sort -n >"$work/folders"

at() { # part of all functions in percent
    awk -v part="$1" '{ lines[NR] = $1 } END { print lines[int((NR * part + 99) / 100)] }' \
        "$work/functions"
}

failed=0
judge() { # what, figure, most, where
    echo "$1: $2 (at most $3) $4"
    [ "${2:-$3.}" -le "$3" ] 2>/dev/null || failed=1 # no figure is none that holds
}

last() { # file: the last line's first word, and the rest
    tail -n 1 "$work/$1" | sed 's/^ *//'
}

echo "$(wc -l <"$work/functions") functions in $(wc -l <"$work/files") files"
judge 'median of the lines of a function' "$(at 50)" 6 ''
judge '90 % of the functions' "$(at 90)" 16 ''
judge 'longest function' "$(last functions | cut -d' ' -f1)" 28 "$(last functions | cut -d' ' -f2)"
judge 'longest file' "$(last files | cut -d' ' -f1)" 370 "$(last files | cut -d' ' -f2)"
judge 'fullest folder' "$(last folders | cut -d' ' -f1)" 14 "$(last folders | cut -d' ' -f2)"
awk '$1 > 28 { print $2 " has a function of " $1 " lines" }' "$work/functions"
awk '$1 > 370 { print $2 " has " $1 " lines" }' "$work/files"
exit $failed

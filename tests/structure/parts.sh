#!/bin/sh
# Checks that docs/ quote parts of files word for word: a line <!-- PATH (part) --> followed by a
# fenced block stands for lines of the file at PATH.
#   parts.sh REPOSITORY
set -eu
cd "$1"
awk '
    FNR == 1 { path = ""; inside = 0 }
    /^<!-- .* \(part\) -->$/ { path = $2; next }
    path != "" && /^```/ && !inside { inside = 1; quoted = ""; next }
    path != "" && /^```/ {
        text = "\n"
        while ((getline line < path) > 0)
            text = text line "\n"
        close(path)
        count++
        if (quoted == "" || index(text, "\n" quoted) == 0) {
            print FILENAME " quotes what is not in " path ":\n" quoted
            wrong = 1
        }
        path = ""
        inside = 0
    }
    inside { quoted = quoted $0 "\n" }
    END {
        print count + 0 " parts of files quoted"
        exit wrong || count == 0
    }' docs/*.md docs/*/*.md
